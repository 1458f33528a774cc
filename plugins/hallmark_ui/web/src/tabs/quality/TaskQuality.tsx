/** What the gate of a task instance has said, expectation by expectation. */
import { HStack, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { count, DataTable, EmptyState, figure, GateBadge, Loaded, Pill, SeverityBadge, Stat, StateBadge, type Column } from "@/components";

type Outcome = components["schemas"]["Outcome"];
type Gate = components["schemas"]["TabGate"];

const columns: readonly Column<Outcome>[] = [
  { key: "success", header: "Met", cell: (row) => <Pill palette={row.success ? "success" : "failed"}>{row.success ? "Met" : "Not met"}</Pill>, sort: (row) => row.success },
  { key: "expectation", header: "Expectation", cell: (row) => row.expectation, sort: (row) => row.expectation },
  { key: "column", header: "Column", cell: (row) => row.column, sort: (row) => row.column },
  { key: "severity", header: "Severity", cell: (row) => <SeverityBadge severity={row.severity} />, sort: (row) => row.severity },
  { key: "unexpected", header: "Unexpected", cell: (row) => count(row.unexpected_count), numeric: true, sort: (row) => row.unexpected_count },
  { key: "percent", header: "Per cent", cell: (row) => figure(row.unexpected_percent), numeric: true, sort: (row) => row.unexpected_percent },
];

const Results = ({ gate }: { readonly gate: Gate }) => (
  <>
    <HStack alignItems="flex-start" gap={10} mb={4}>
      <Stat label="Outcome"><StateBadge state={gate.state} /></Stat>
      <Stat label="Gate">
        <GateBadge failed={gate.checks_failed} passed={gate.checks_passed} published={gate.published} success={gate.success} />
      </Stat>
      <Stat label="Dataset">{gate.output_name}</Stat>
      <Stat label="Rows in quarantine">{count(gate.quarantined)}</Stat>
    </HStack>
    {gate.message === "" ? undefined : <Text mb={4}>{gate.message}</Text>}
    <DataTable columns={columns} empty="The suite has no expectations" label="Expectations" rowKey={(row) => row.key} rows={gate.results} />
  </>
);

type Props = { readonly dag: string; readonly mapIndex: number; readonly run: string; readonly task: string };

export const TaskQuality = ({ dag, mapIndex, run, task }: Props) => {
  const query = api.useQuery("get", "/api/v1/tabs/task", {
    params: { query: { dag_id: dag, map_index: mapIndex, run_id: run, task_id: task } },
  });
  return (
    <Loaded query={query}>
      {({ last }) =>
        last?.gate ? (
          <Results gate={last.gate} />
        ) : (
          <EmptyState title="This task has no gate">Stages with an output that has a suite do; its result appears here once it has run.</EmptyState>
        )
      }
    </Loaded>
  );
};
