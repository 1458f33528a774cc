/** All gate runs: what was checked, what it came to, what was kept out. */
import { Flex, Heading } from "@chakra-ui/react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, titled } from "@/api/listing";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Choice, count, DataTable, EmptyState, GateBadge, Link, Search, StateBadge, Term, Time, type Column } from "@/components";

type GateRun = components["schemas"]["GateRun"];

const columns: readonly Column<GateRun>[] = [
  { key: "name", header: "Dataset", cell: (row) => row.output_name ?? row.task_id },
  { key: "partition", header: <Term name="partition">Partition</Term>, cell: (row) => row.partition },
  {
    key: "gate",
    header: <Term name="gate">Gate</Term>,
    cell: (row) => <GateBadge failed={row.checks_failed} passed={row.checks_passed} published={row.published} success={row.success} />,
  },
  { key: "state", header: "Outcome", cell: (row) => <StateBadge state={row.state} /> },
  {
    key: "met",
    header: "Expectations Met",
    cell: (row) => `${count(row.checks_passed)} of ${count(row.checks_passed + row.checks_failed)}`,
    numeric: true,
  },
  {
    key: "quarantined",
    header: <Term name="quarantine">Quarantined</Term>,
    cell: (row) => (row.quarantined > 0 ? count(row.quarantined) : ""),
    numeric: true,
  },
  { key: "at", header: "Checked", cell: (row) => <Time at={row.at} /> },
  {
    key: "run",
    header: "Run",
    cell: (row) => <Link to={at.task(row.dag_id, row.run_id, row.task_id, row.map_index)}>{row.run_id}</Link>,
  },
  { key: "dag", header: "Dag", cell: (row) => <Link to={at.dag(row.dag_id)}>{row.dag_id}</Link> },
];

const RESULTS = [
  { label: "All met", value: "true" },
  { label: "Not all met", value: "false" },
];
const STATES = [
  { label: "Published", value: "published" },
  { label: "Refused", value: "refused" },
  { label: "Failed", value: "failed" },
  { label: "Audited", value: "audited" },
];
const DAY = 86_400_000;
const PERIODS = [
  { label: "Last day", value: "1" },
  { label: "Last 7 days", value: "7" },
  { label: "Last 30 days", value: "30" },
];

/** The start of a period, on the hour: it must not differ at each drawing of the page. */
function since(days: string): string | undefined {
  const hour = DAY / 24;
  return days === "" ? undefined : new Date(Math.floor(Date.now() / hour) * hour - Number(days) * DAY).toISOString();
}

const one = (value: string): string[] | undefined => (value === "" ? undefined : [value]);
const MOST = 50;

/** The datasets whose name has the words: gate runs are filtered by whole names. */
function useNames(search: string): string[] | undefined {
  const found = api.useQuery(
    "get",
    "/api/v1/catalog/datasets",
    { params: { query: { limit: MOST, search } } },
    { enabled: search !== "" },
  );
  const names = found.data?.items.map((item) => item.name) ?? [];
  return search === "" ? undefined : names.length > 0 ? names : [search];
}

const Quality = () => {
  const [search, setSearch] = useParam("dataset");
  const [dag, setDag] = useParam("dag_id");
  const [success, setSuccess] = useParam("success");
  const [state, setState] = useParam("state");
  const [days, setDays] = useParam("days");
  const names = useNames(search);
  const facets = api.useQuery("get", "/api/v1/catalog/facets");
  const dags = (facets.data?.dags ?? []).flatMap(({ value }) => (value === null ? [] : [{ label: value, value }]));
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/gates",
    {
      params: {
        query: {
          dag_id: one(dag),
          dataset: names,
          since: since(days),
          state: one(state),
          success: success === "" ? undefined : success === "true",
        },
      },
    },
    { ...LISTING, refetchInterval: useLive() },
  );
  return (
    <>
      <Flex gap={3} mb={3} wrap="wrap">
        <Search onChange={setSearch} placeholder="Search Datasets" value={search} />
        <Choice label="Expectations" onChange={setSuccess} options={RESULTS} value={success} />
        <Choice label="Outcome" onChange={setState} options={STATES} value={state} />
        <Choice label="Dag" onChange={setDag} options={dags} value={dag} />
        <Choice label="Period" onChange={setDays} options={PERIODS} value={days} />
      </Flex>
      <Heading mb={2} size="md">{titled(query, "Gate Run")}</Heading>
      <DataTable
        {...listed(query)}
        columns={columns}
        empty={<EmptyState title="No gate run fits">A stage whose output has a suite of expectations leaves one at each run.</EmptyState>}
        error={query.error}
        label="Gate Runs"
        retry={() => void query.refetch()}
        rowKey={(row) => row.receipt_id}
        to={(row) => at.gate(row.receipt_id)}
      />
    </>
  );
};

export default Quality;
