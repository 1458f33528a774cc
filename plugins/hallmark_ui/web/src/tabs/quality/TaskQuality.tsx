/** What the gate of a task instance has said, expectation by expectation. */
import { Flex, HStack, Text } from "@chakra-ui/react";
import { useRunLive } from "@/api/airflow";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, EmptyState, GateBadge, Link, Loaded, Pill, SeverityBadge, Stat, StateBadge, type Column } from "@/components";
import { Verdict } from "@/pages/gate/Verdict";
import { asked, seen } from "@/pages/gate/words";
import { Message } from "@/pages/receipt/Message";

type Outcome = components["schemas"]["Outcome"];
type Gate = components["schemas"]["TabGate"];
type Receipt = components["schemas"]["ReceiptItem"];

const columns: readonly Column<Outcome>[] = [
  { key: "success", header: "Met", cell: (row) => <Pill palette={row.success ? "success" : "failed"}>{row.success ? "Met" : "Not met"}</Pill>, sort: (row) => row.success },
  { key: "expectation", header: "Expectation", cell: (row) => <Text overflowWrap="anywhere">{asked(row.expectation, row.kwargs)}</Text>, sort: (row) => row.expectation },
  { key: "seen", header: "Found", cell: (row) => <Text overflowWrap="anywhere">{seen(row)}</Text>, sort: (row) => row.unexpected_percent },
  { key: "severity", header: "Severity", cell: (row) => <SeverityBadge severity={row.severity} />, sort: (row) => row.severity },
];

const failedFirst = (results: readonly Outcome[]): readonly Outcome[] =>
  [...results].sort((one, other) => Number(one.success) - Number(other.success) || one.position - other.position);

const Results = ({ gate }: { readonly gate: Gate }) => (
  <>
    <Flex alignItems="flex-start" gap={4} justifyContent="space-between" mb={4} wrap="wrap">
      <HStack alignItems="flex-start" gap={10} wrap="wrap">
        <Stat label="Outcome"><StateBadge state={gate.state} /></Stat>
        <Stat label="Gate">
          <GateBadge failed={gate.checks_failed} passed={gate.checks_passed} published={gate.published} success={gate.success} />
        </Stat>
        <Stat label="Dataset">{gate.output_name === null ? "none" : <Link to={at.dataset(gate.output_name)}>{gate.output_name}</Link>}</Stat>
        <Stat label="Rows in Quarantine">{count(gate.quarantined)}</Stat>
      </HStack>
      <Link to={at.gate(gate.receipt_id)}>Samples, Bounds and History</Link>
    </Flex>
    <Verdict dataset={undefined} gate={gate} />
    <DataTable columns={columns} empty="The suite has no expectations" label="Expectations" rowKey={(row) => String(row.position)} rows={failedFirst(gate.results)} />
  </>
);

/** A task that was not asked for anything: because it has no suite, or failed before. */
const NoGate = ({ last }: { readonly last: Receipt | undefined }) =>
  last === undefined || last.message === "" ? (
    <EmptyState title="This task has no gate">Stages with an output that has a suite do; its result appears here once it has run.</EmptyState>
  ) : (
    <>
      <Message message={last.message} state={last.state} />
      <Text fontSize="sm" mt={2}><Link to={at.receipt(last.id)}>Receipt</Link></Text>
    </>
  );

type Props = { readonly dag: string; readonly mapIndex: number; readonly run: string; readonly task: string };

export const TaskQuality = ({ dag, mapIndex, run, task }: Props) => {
  const params = { query: { dag_id: dag, map_index: mapIndex, run_id: run, task_id: task } };
  const query = api.useQuery("get", "/api/v1/tabs/task", { params }, { refetchInterval: useRunLive(dag, run) });
  return <Loaded query={query}>{({ last, receipts }) => (last?.gate ? <Results gate={last.gate} /> : <NoGate last={receipts[0]} />)}</Loaded>;
};
