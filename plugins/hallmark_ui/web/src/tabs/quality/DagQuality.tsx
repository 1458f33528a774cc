/** What the gates of a DAG's runs have said. */
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, EmptyState, Link, Time, type Column } from "@/components";

type RunOfDag = components["schemas"]["RunOfDag"];

const columns = (dag: string): readonly Column<RunOfDag>[] => [
  { key: "run", header: "Run", cell: (row) => <Link bold to={at.run(dag, row.run_id)}>{row.run_id}</Link>, sort: (row) => row.run_id },
  { key: "start", header: "Start Date", cell: (row) => <Time at={row.started_at} />, sort: (row) => row.started_at },
  { key: "published", header: "Published", cell: (row) => count(row.published), numeric: true, sort: (row) => row.published },
  { key: "refused", header: "Refused", cell: (row) => count(row.refused), numeric: true, sort: (row) => row.refused },
  { key: "failed", header: "Failed", cell: (row) => count(row.failed), numeric: true, sort: (row) => row.failed },
  { key: "met", header: "Expectations Met", cell: (row) => count(row.checks_passed), numeric: true, sort: (row) => row.checks_passed },
  { key: "unmet", header: "Not Met", cell: (row) => count(row.checks_failed), numeric: true, sort: (row) => row.checks_failed },
];

export const DagQuality = ({ dag }: { readonly dag: string }) => {
  const query = api.useQuery("get", "/api/v1/tabs/dag", { params: { query: { dag_id: dag } } }, { refetchInterval: useLive() });
  return (
    <DataTable
      columns={columns(dag)}
      empty={<EmptyState title="No stage of this Dag has run">Stages are the operators of Hallmark; each leaves a receipt here.</EmptyState>}
      error={query.error}
      label="Runs"
      retry={() => void query.refetch()}
      rowKey={(row) => row.run_id}
      rows={query.data?.runs}
    />
  );
};
