/** A model: its versions, how their figures went, and any of them side by side. */
import { HStack, Stack } from "@chakra-ui/react";
import { FiCpu } from "react-icons/fi";
import { useParams } from "react-router-dom";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Link, Loaded, Markdown, Owner, PageHeader, Pill, RelativeTime, StateBadge } from "@/components";
import { useChosen } from "./chosen";
import { Comparison } from "./Comparison";
import { Course } from "./Course";
import { Versions } from "./Versions";

type Page = components["schemas"]["ModelPage"];

const Head = ({ model }: { readonly model: Page }) => {
  const newest = model.challenger ?? model.champion;
  const version = (which: string) => <Link to={at.modelVersion(model.name, which)}>Version {which}</Link>;
  return (
    <PageHeader
      badges={
        <>
          <StateBadge state={model.state} />
          {model.attention === null ? undefined : <Pill palette="warning">{model.attention}</Pill>}
        </>
      }
      icon={FiCpu}
      stats={[
        ...Object.entries(model.aliases).map(([alias, which]) => [alias.charAt(0).toUpperCase() + alias.slice(1), version(which)] as const),
        ...(model.challenger === null ? [] : [["Challenger", version(model.challenger.version)] as const]),
        ["Last Trained", <RelativeTime at={newest?.trained_at} key="trained" />],
        ["Versions", model.versions],
        ["Owner", <Owner key="owner" name={model.owner} />],
        ["Dag", <Link key="dag" to={at.dag(model.dag_id)}>{model.dag_id}</Link>],
      ]}
      title={model.name}
    >
      {model.description === null ? undefined : <Markdown>{model.description}</Markdown>}
    </PageHeader>
  );
};

const Model = () => {
  const { name = "" } = useParams();
  const [chosen, choose] = useChosen();
  const query = api.useQuery("get", "/api/v1/models/{model}", { params: { path: { model: name } } }, { refetchInterval: useLive() });
  return (
    <Loaded back={["All models", at.models()]} query={query}>
      {(model) => (
        <>
          <Head model={model} />
          <Stack gap={4}>
            <HStack align="stretch" flexWrap="wrap" gap={4}>
              <Course model={model.name} versions={model.listed} />
            </HStack>
            {chosen.length > 1 ? <Comparison choose={choose} model={model.name} versions={chosen} /> : undefined}
            <Versions choose={choose} chosen={chosen} model={model} />
          </Stack>
        </>
      )}
    </Loaded>
  );
};

export default Model;
