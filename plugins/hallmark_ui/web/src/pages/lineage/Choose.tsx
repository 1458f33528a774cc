/** Where to begin: datasets, models and tasks by name. */
import { Heading, HStack, Icon } from "@chakra-ui/react";
import { Navigate } from "react-router-dom";
import { api } from "@/api/client";
import { at } from "@/app/paths";
import { DataTable, EmptyState, Loading, RelativeTime, Search, type Column } from "@/components";
import { KINDS } from "@/graph/looks";
import type { Kind } from "@/graph/model";

const MOST = 100;

type Row = { readonly name: string; readonly kind: Kind; readonly namespace: string; readonly node: string; readonly at: string | null };

const columns: readonly Column<Row>[] = [
  { key: "name", header: "Name", cell: (row) => row.name, sort: (row) => row.name },
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
  { key: "updated", header: "Last Told Of", cell: (row) => <RelativeTime at={row.at} />, sort: (row) => row.at },
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
  const results = found.data?.results.map(
    (row): Row => ({
      at: row.updatedAt,
      kind: row.type === "JOB" ? "job" : row.namespace.startsWith("mlflow:") ? "model" : "dataset",
      name: row.name,
      namespace: row.namespace,
      node: row.nodeId,
    }),
  );
  return (
    <>
      <Search onChange={onSearch} placeholder="Search Datasets, Models and Tasks" value={search} />
      {search === "" ? (
        <Table empty="Nothing has been published yet" error={catalog.error} retry={() => void catalog.refetch()} rows={catalog.rows} />
      ) : (
        <Table empty="Nothing is called so" error={found.error} retry={() => void found.refetch()} rows={results} />
      )}
    </>
  );
};

/** A bare name, as Hallmark calls a dataset or a model: the node of that name, or what is called alike. */
export const Named = ({ name, onSearch }: { readonly name: string; readonly onSearch: (value: string) => void }) => {
  const found = useSearch(name);
  if (found.isPending) {
    return <Loading />;
  }
  const node = found.data?.results.find((row) => row.name === name || row.name.endsWith(`/${name}`));
  return node === undefined ? <Choose onSearch={onSearch} search={name} /> : <Navigate replace to={at.lineage(node.nodeId)} />;
};
