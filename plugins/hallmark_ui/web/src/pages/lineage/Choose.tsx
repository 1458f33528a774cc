/** Where to begin: datasets, models and tasks by name. */
import { Box, Heading, HStack, Icon, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { DataTable, EmptyState, RelativeTime, Search, type Column } from "@/components";
import { KINDS } from "@/graph/looks";
import type { Kind } from "@/graph/model";

const MOST = 100;

type Row = { /** Hallmark's name, or the physical one where it has none. */ readonly name: string; readonly physical?: string; readonly kind: Kind; readonly namespace: string; readonly node: string; readonly at: string | null };

const Name = ({ row }: { readonly row: Row }) => (
  <Box overflowWrap="anywhere">
    {row.name}
    {row.physical === undefined ? undefined : (
      <Text color="fg.muted" fontSize="xs" fontWeight="normal">
        {row.physical}
      </Text>
    )}
  </Box>
);

const columns: readonly Column<Row>[] = [
  { key: "name", header: "Name", cell: (row) => <Name row={row} />, sort: (row) => row.name },
  {
    key: "kind",
    header: "Kind",
    cell: ({ kind }) => (
      <HStack gap={1}>
        <Icon as={KINDS[kind].icon} color="fg.muted" />
        {KINDS[kind].label}
      </HStack>
    ),
    sort: (row) => row.kind,
  },
  { key: "namespace", header: "Namespace", cell: (row) => row.namespace, sort: (row) => row.namespace },
  { key: "updated", header: "Last Updated", cell: (row) => <RelativeTime at={row.at} />, sort: (row) => row.at },
];

/** What lineage has of a part of a name. */
function useSearch(search: string) {
  return api.useQuery(
    "get",
    "/api/v1/search",
    { params: { query: { limit: MOST, q: search, sort: "UPDATED_AT" } } },
    { enabled: search !== "", placeholderData: (before) => before },
  );
}

type Found = components["schemas"]["SearchResult"];

/** What was found, under the names that Hallmark gives: those first, as people know them by these. */
export function namedRows(found: readonly Found[], datasets: readonly string[], models: readonly string[]): readonly Row[] {
  const longest = (names: readonly string[], name: string) =>
    names.filter((each) => name === each || name.endsWith(`/${each}`)).sort((one, other) => other.length - one.length)[0];
  const rows = found.map((row): Row & { readonly ours: boolean } => {
    const kind = row.type === "JOB" ? "job" : row.namespace.startsWith("mlflow:") ? "model" : "dataset";
    const ours = kind === "job" ? undefined : longest(kind === "model" ? models : datasets, row.name);
    return {
      at: row.updatedAt,
      kind,
      name: ours ?? row.name,
      namespace: row.namespace,
      node: row.nodeId,
      ours: ours !== undefined,
      physical: ours === undefined || ours === row.name ? undefined : row.name,
    };
  });
  return rows.sort((one, other) => Number(other.ours) - Number(one.ours));
}

/** The names in the catalog that have the words. */
function useNames(search: string) {
  const params = { params: { query: { limit: MOST, search } } };
  const datasets = api.useQuery("get", "/api/v1/catalog/datasets", params, { enabled: search !== "" });
  const models = api.useQuery("get", "/api/v1/models", params, { enabled: search !== "" });
  return {
    datasets: datasets.data?.items.map(({ name }) => name) ?? [],
    models: models.data?.items.map(({ name }) => name) ?? [],
    waiting: datasets.isLoading || models.isLoading,
  };
}

/** What to begin with while nothing is searched for: the catalog's datasets and models. */
function useCatalog(enabled: boolean) {
  const limit = { params: { query: { limit: MOST } } };
  const datasets = api.useQuery("get", "/api/v1/catalog/datasets", limit, { enabled });
  const models = api.useQuery("get", "/api/v1/models", limit, { enabled });
  const rows: readonly Row[] | undefined =
    datasets.data === undefined || models.data === undefined
      ? undefined
      : [
          ...models.data.items.map((row): Row => ({ at: row.champion?.trained_at ?? null, kind: "model", name: row.name, namespace: "Hallmark", node: row.name })),
          ...datasets.data.items.map((row): Row => ({ at: row.last_published_at, kind: "dataset", name: row.name, namespace: "Hallmark", node: row.name })),
        ];
  return { error: datasets.error ?? models.error, refetch: datasets.refetch, rows };
}

const Table = ({ empty, error, retry, rows }: { readonly empty: string; readonly error: unknown; readonly retry: () => void; readonly rows?: readonly Row[] }) => (
  <>
    <Heading my={3} size="md">
      {rows === undefined ? "" : `${rows.length}${rows.length >= MOST ? "+" : ""} Nodes`}
    </Heading>
    <DataTable
      columns={columns}
      empty={<EmptyState title={empty} />}
      error={error}
      label="Nodes"
      retry={retry}
      rowKey={(row) => row.node}
      rows={rows}
      to={(row) => at.lineage(row.node)}
    />
  </>
);

export const Choose = ({ onSearch, search }: { readonly onSearch: (value: string) => void; readonly search: string }) => {
  const found = useSearch(search);
  const catalog = useCatalog(search === "");
  const names = useNames(search);
  const results = found.data === undefined || names.waiting ? undefined : namedRows(found.data.results, names.datasets, names.models);
  return (
    <>
      <Search onChange={onSearch} placeholder="Search Datasets, Models and Tasks" value={search} />
      {search === "" ? (
        <Table empty="Nothing has been published yet" error={catalog.error} retry={() => void catalog.refetch()} rows={catalog.rows} />
      ) : (
        <Table empty="Nothing has this name" error={found.error} retry={() => void found.refetch()} rows={results} />
      )}
    </>
  );
};
