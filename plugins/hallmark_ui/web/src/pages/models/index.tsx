/** The list of models: which version predicts, which would like to, and how good they are. */
import { Box, Flex, Heading, HStack, Text } from "@chakra-ui/react";
import { FiAlertTriangle } from "react-icons/fi";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, titled } from "@/api/listing";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { DataTable, EmptyState, figure, GateBadge, Link, Owner, Pill, RelativeTime, Search, StateBadge, Term, type Column } from "@/components";
import { score, scores } from "../model/scores";

type Model = components["schemas"]["ModelItem"];
type Version = components["schemas"]["ModelVersionItem"];

const SHOWN = 2;

const Standing = ({ model, version }: { readonly model: string; readonly version: Version | null }) =>
  version === null ? (
    <Text color="fg.muted">none</Text>
  ) : (
    <Box whiteSpace="nowrap">
      <Link to={at.modelVersion(model, version.version)}>Version {version.version}</Link>
      {scores(version.metrics)
        .slice(0, SHOWN)
        .map((name) => (
          <Text color="fg.muted" fontSize="xs" key={name}>
            {name} {figure(score(version.metrics, name))}
          </Text>
        ))}
    </Box>
  );

/** The version that was made last. */
const newest = (model: Model): Version | null => model.challenger ?? model.champion;

const Trained = ({ version }: { readonly version: Version | null }) =>
  version === null ? undefined : (
    <>
      <RelativeTime at={version.trained_at} />
      <Text color="fg.muted" fontSize="xs">
        by {version.trained_by}
      </Text>
    </>
  );

const Judged = ({ version }: { readonly version: Version | null }) =>
  version === null ? undefined : (
    <>
      <RelativeTime at={version.judged_at} />
      <Text fontSize="xs">
        <Link to={at.receipt(version.judged_by)}>by this stage</Link>
      </Text>
    </>
  );

const columns: readonly Column<Model>[] = [
  { key: "name", header: "Name", cell: (row) => row.name },
  { key: "champion", header: <Term name="champion">Champion</Term>, cell: (row) => <Standing model={row.name} version={row.champion} /> },
  { key: "challenger", header: <Term name="challenger">Challenger</Term>, cell: (row) => <Standing model={row.name} version={row.challenger} /> },
  { key: "trained", header: "Last Trained", cell: (row) => <Trained version={newest(row)} /> },
  { key: "judged", header: "Last Judged", cell: (row) => <Judged version={newest(row)} /> },
  {
    key: "state",
    header: "State",
    cell: (row) => (
      <HStack flexWrap="wrap" gap={1}>
        <StateBadge state={row.state} />
        {row.gate_success === null ? undefined : <GateBadge published={row.state === "published"} success={row.gate_success} />}
        {row.attention === null ? undefined : (
          <Pill icon={FiAlertTriangle} palette="warning">
            {row.attention}
          </Pill>
        )}
      </HStack>
    ),
  },
  { key: "versions", header: "Versions", cell: (row) => row.versions, numeric: true },
  { key: "owner", header: "Owner", cell: (row) => <Owner name={row.owner} /> },
];

const Models = () => {
  const [search, setSearch] = useParam("search");
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/models",
    { params: { query: { search: search === "" ? undefined : search } } },
    { ...LISTING, refetchInterval: useLive() },
  );
  return (
    <>
      <Flex mb={3}>
        <Search onChange={setSearch} placeholder="Search Models" value={search} />
      </Flex>
      <Heading mb={2} size="md">
        {titled(query, "Model")}
      </Heading>
      <DataTable
        {...listed(query)}
        columns={columns}
        empty={<EmptyState title={search === "" ? "There is no model yet" : "No model fits"}>A stage that trains registers one.</EmptyState>}
        error={query.error}
        label="Models"
        retry={() => void query.refetch()}
        rowKey={(row) => row.name}
        to={(row) => at.model(row.name)}
      />
    </>
  );
};

export default Models;
