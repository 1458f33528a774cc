/** The list of datasets: what there is, whose it is, whether it can be relied on. */
import { Badge, Flex, Heading, HStack } from "@chakra-ui/react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, titled } from "@/api/listing";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Choice, count, DataTable, GateBadge, Owner, Pill, RelativeTime, Search, span, Term, type Column, type Sort } from "@/components";

type Dataset = components["schemas"]["DatasetItem"];

const FRESHNESS = ["fresh", "stale", "unpromised"] as const;
const GATE = ["passed", "failed", "none"] as const;
const SORTS = ["name", "published", "gate", "owner"] as const;
const oneOf = <Value extends string>(values: readonly Value[], value: string): Value | undefined =>
  values.find((each) => each === value);
const options = (values: readonly string[]) => values.map((value) => ({ label: value, value }));

// The server sorts: that a column has `sort` says that it can.
const bySort = () => null;

const Freshness = ({ dataset }: { readonly dataset: Dataset }) => {
  if (dataset.freshness_seconds === null || dataset.stale === null) {
    return undefined;
  }
  const promise = `Promised every ${span(dataset.freshness_seconds)}`;
  return (
    <Pill about={promise} palette={dataset.stale ? "warning" : "success"}>
      {dataset.stale ? "Late" : "Fresh"}
    </Pill>
  );
};

const columns: readonly Column<Dataset>[] = [
  { key: "name", header: "Name", cell: (row) => row.name, sort: bySort },
  { key: "published", header: "Last Published", cell: (row) => <RelativeTime at={row.last_published_at} />, sort: bySort },
  {
    key: "gate",
    header: <Term name="gate">Gate</Term>,
    cell: (row) => (
      <GateBadge
        failed={row.checks_failed ?? undefined}
        passed={row.checks_passed ?? undefined}
        published={row.last_gate_published ?? undefined}
        success={row.last_gate_success}
      />
    ),
    sort: bySort,
  },
  { key: "fresh", header: <Term name="freshness">Freshness</Term>, cell: (row) => <Freshness dataset={row} /> },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows), numeric: true },
  { key: "owner", header: "Owner", cell: (row) => <Owner name={row.owner} />, sort: bySort },
  {
    key: "tags",
    header: "Tags",
    cell: (row) => (
      <HStack gap={1}>
        {row.classification === null ? undefined : <Badge colorPalette="purple">{row.classification}</Badge>}
        {row.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </HStack>
    ),
  },
];

const Datasets = () => {
  const [search, setSearch] = useParam("search");
  const [freshness, setFreshness] = useParam("freshness");
  const [gate, setGate] = useParam("gate");
  const [order, setOrder] = useParam("sort", "name.asc");
  const [key = "name", direction] = order.split(".");
  const sort: Sort = { key, order: direction === "desc" ? "desc" : "asc" };
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/catalog/datasets",
    {
      params: {
        query: {
          freshness: oneOf(FRESHNESS, freshness),
          gate: oneOf(GATE, gate),
          order: sort.order,
          search: search === "" ? undefined : search,
          sort: oneOf(SORTS, sort.key),
        },
      },
    },
    { ...LISTING, refetchInterval: useLive() },
  );
  return (
    <>
      <Flex gap={3} mb={3}>
        <Search onChange={setSearch} placeholder="Search Datasets" value={search} />
        <Choice label="Freshness" onChange={setFreshness} options={options(FRESHNESS)} value={freshness} />
        <Choice label="Gate" onChange={setGate} options={options(GATE)} value={gate} />
      </Flex>
      <Heading mb={2} size="md">
        {titled(query, "Dataset")}
      </Heading>
      <DataTable
        {...listed(query)}
        columns={columns}
        empty="No dataset fits"
        error={query.error}
        label="Datasets"
        onSort={(next) => {
          setOrder(next === null ? "" : `${next.key}.${next.order}`);
        }}
        retry={() => void query.refetch()}
        rowKey={(row) => row.name}
        sort={sort}
        to={(row) => at.dataset(row.name)}
      />
    </>
  );
};

export default Datasets;
