/** What the gates of a run's tasks have said. */
import { HStack } from "@chakra-ui/react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, EmptyState, GateBadge, Link, Loaded, Stat, StateBadge, type Column } from "@/components";

type Receipt = components["schemas"]["ReceiptItem"];

const columns: readonly Column<Receipt>[] = [
  {
    key: "task",
    header: "Task",
    cell: (row) => <Link bold to={at.task(row.dag_id, row.run_id, row.task_id, row.map_index)}>{row.task_id}</Link>,
    sort: (row) => row.task_id,
  },
  { key: "state", header: "Outcome", cell: (row) => <StateBadge state={row.state} />, sort: (row) => row.state },
  {
    key: "gate",
    header: "Gate",
    cell: (row) => (
      <GateBadge failed={row.checks_failed ?? 0} passed={row.checks_passed ?? 0} published={row.state === "published"} success={row.gate_success} />
    ),
    sort: (row) => row.gate_success,
  },
  { key: "output", header: "Output", cell: (row) => row.output_name, sort: (row) => row.output_name },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows_out), numeric: true, sort: (row) => row.rows_out },
  { key: "quarantined", header: "Quarantined", cell: (row) => count(row.quarantined), numeric: true, sort: (row) => row.quarantined },
];

export const RunQuality = ({ dag, run }: { readonly dag: string; readonly run: string }) => {
  const query = api.useQuery("get", "/api/v1/tabs/run", { params: { query: { dag_id: dag, run_id: run } } });
  return (
    <Loaded query={query}>
      {(told) => (
        <>
          <HStack gap={10} mb={4}>
            <Stat label="Expectations met">{count(told.checks_passed)}</Stat>
            <Stat label="Not met">{count(told.checks_failed)}</Stat>
            <Stat label="Rows in quarantine">{count(told.quarantined)}</Stat>
          </HStack>
          <DataTable
            columns={columns}
            empty={<EmptyState title="No stage has run in this run" />}
            label="Tasks"
            rowKey={(row) => row.id}
            rows={told.tasks}
          />
        </>
      )}
    </Loaded>
  );
};
