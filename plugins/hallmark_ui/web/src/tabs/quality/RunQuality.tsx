/** What the gates of a run's tasks have said. */
import { Box, HStack } from "@chakra-ui/react";
import { useRunLive } from "@/api/airflow";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { partsOf } from "@/pages/receipt/message";
import { count, DataTable, EmptyState, GateBadge, Link, Loaded, Stat, StateBadge, type Column } from "@/components";

type Receipt = components["schemas"]["ReceiptItem"];

const Gate = ({ row }: { readonly row: Receipt }) => {
  const badge = <GateBadge failed={row.checks_failed ?? 0} passed={row.checks_passed ?? 0} published={row.state === "published"} success={row.gate_success} />;
  return row.gate_success === null ? badge : <Link to={at.gate(row.id)}>{badge}</Link>;
};

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
      <Gate row={row} />
    ),
    sort: (row) => row.gate_success,
  },
  { key: "output", header: "Output", cell: (row) => (row.output_name === null ? undefined : <Link to={row.output_kind === "model" ? at.model(row.output_name) : at.dataset(row.output_name)}>{row.output_name}</Link>), sort: (row) => row.output_name },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows_out), numeric: true, sort: (row) => row.rows_out },
  { key: "quarantined", header: "Quarantined", cell: (row) => count(row.quarantined), numeric: true, sort: (row) => row.quarantined },
  {
    key: "why",
    header: "Why",
    cell: (row) =>
      row.message === "" ? undefined : (
        <Box minWidth="26ch" overflowWrap="anywhere" title={row.message}>
          {partsOf(row.message)[0]} <Link to={at.receipt(row.id)}>Receipt</Link>
        </Box>
      ),
  },
];

export const RunQuality = ({ dag, run }: { readonly dag: string; readonly run: string }) => {
  const query = api.useQuery("get", "/api/v1/tabs/run", { params: { query: { dag_id: dag, run_id: run } } }, { refetchInterval: useRunLive(dag, run) });
  return (
    <Loaded query={query}>
      {(told) => (
        <>
          <HStack gap={10} mb={4}>
            <Stat label="Expectations Met">{count(told.checks_passed)}</Stat>
            <Stat label="Not Met">{count(told.checks_failed)}</Stat>
            <Stat label="Rows in Quarantine">{count(told.quarantined)}</Stat>
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
