/** A version of a model as a card: what it is, made from what, how good, and who answers for it. */
import { Badge, Button, SimpleGrid, Stack } from "@chakra-ui/react";
import { FiBox, FiColumns, FiCpu, FiGitBranch } from "react-icons/fi";
import { Link as RouterLink, useParams } from "react-router-dom";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, Link, Loaded, Markdown, Owner, PageHeader, StateBadge, Time } from "@/components";
import { CodeVersion } from "@/components/CodeVersion";
import { Facts } from "@/components/Facts";
import { Origin } from "@/components/Origin";
import { Seconds } from "@/components/Seconds";
import { Settings } from "@/components/Settings";
import { comparisonOf } from "../model/chosen";
import { Gate } from "./Gate";
import { Metrics } from "./Metrics";
import { Mlflow } from "./Mlflow";
import { Passage } from "./Passage";
import { Signature } from "./Signature";
import { Slices } from "./Slices";
import { TrainedOn } from "./TrainedOn";

type Version = components["schemas"]["ModelVersionView"];

const Actions = ({ version }: { readonly version: Version }) => (
  <>
    {version.against?.version ? (
      <Button asChild size="sm" variant="outline">
        <RouterLink to={comparisonOf(version.model, [version.version, version.against.version])}>
          <FiColumns /> Compare with Champion
        </RouterLink>
      </Button>
    ) : undefined}
    <Button asChild size="sm" variant="outline">
      <RouterLink to={at.lineage(version.node)}>
        <FiGitBranch /> Lineage
      </RouterLink>
    </Button>
    <Mlflow of={version} />
  </>
);

const Head = ({ version }: { readonly version: Version }) => (
  <PageHeader
    actions={<Actions version={version} />}
    badges={
      <>
        <StateBadge state={version.state} />
        {version.aliases.map((alias) => (
          <Badge colorPalette="brand" key={alias}>
            {alias}
          </Badge>
        ))}
      </>
    }
    icon={FiCpu}
    stats={[
      ["Model", <Link key="model" to={at.model(version.model)}>{version.model}</Link>],
      ["Trained", <Time at={version.trained_at} key="trained" />],
      ["Trained By", version.trained_by],
      [
        "Last Judged",
        <Link key="judged" to={at.receipt(version.judged_by)}>
          <Time at={version.judged_at} />
        </Link>,
      ],
      ["Task Instance", <Origin key="origin" of={version} />],
      ["Owner", <Owner key="owner" name={version.owner} />],
    ]}
    title={`${version.model} version ${version.version}`}
  >
    {version.description === null ? undefined : <Markdown>{version.description}</Markdown>}
  </PageHeader>
);

const ModelCard = ({ version }: { readonly version: Version }) => (
  <Stack gap={4}>
    <SimpleGrid alignItems="start" columns={{ base: 1, lg: 2 }} gap={4}>
      <Card title="Metrics">
        <Metrics version={version} />
      </Card>
      <Card icon={FiBox} title="Trained On">
        <TrainedOn before={version.parameters["before"]} sources={version.trained_on} />
      </Card>
    </SimpleGrid>
    <Passage version={version} />
    <Slices model={version.model} version={version.version} />
    <SimpleGrid alignItems="start" columns={{ base: 1, lg: 2 }} gap={4}>
      <Stack gap={4} minWidth={0}>
        <Card title="Parameters">
          <Settings values={version.parameters} />
        </Card>
        <Card title="Code">
          <CodeVersion code={version.code} url={version.code_url} />
        </Card>
        <Card title="Environment">
          <Facts facts={Object.entries(version.environment)} />
        </Card>
      </Stack>
      <Stack gap={4} minWidth={0}>
        <Signature inputs={version.inputs} outputs={version.columns} />
        {version.gate === null ? undefined : <Gate gate={version.gate} />}
        <Card title="Steps of the Training">
          <Seconds seconds={version.seconds} />
        </Card>
        <Card title="Place">
          <Facts facts={[["Namespace", version.namespace], ["Location", version.location]]} />
        </Card>
      </Stack>
    </SimpleGrid>
  </Stack>
);

const ModelVersion = () => {
  const { name = "", version = "" } = useParams();
  const query = api.useQuery("get", "/api/v1/models/{model}/versions/{version}", { params: { path: { model: name, version } } });
  return (
    <Loaded back={["All models", at.models()]} query={query}>
      {(found) => (
        <>
          <Head version={found} />
          <ModelCard version={found} />
        </>
      )}
    </Loaded>
  );
};

export default ModelVersion;
