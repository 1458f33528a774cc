/** Which datasets are as new as their contracts promise. */
import { Code, HStack, Text } from "@chakra-ui/react";
import { FiClock } from "react-icons/fi";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, count, DataTable, EmptyState, Link, Pill, RelativeTime, span, Stat, type Column } from "@/components";

type Told = components["schemas"]["Freshness"];
type Row = Told["datasets"][number];

const columns: readonly Column<Row>[] = [
  { key: "name", header: "Dataset", cell: (row) => row.name },
  {
    key: "state",
    header: "Freshness",
    cell: (row) => <Pill palette={row.stale ? "warning" : "success"}>{row.last_published_at === null ? "Never published" : row.stale ? "Late" : "Fresh"}</Pill>,
  },
  { key: "promise", header: "Promised", cell: (row) => `every ${span(row.freshness_seconds)}` },
  { key: "last", header: "Last Published", cell: (row) => <RelativeTime at={row.last_published_at} /> },
  { key: "due", header: "Due", cell: (row) => <RelativeTime at={row.fresh_until} /> },
];

const FEW = 8;

export const Freshness = ({ freshness }: { readonly freshness: Told }) => (
  <Card icon={FiClock} title="Freshness Against the Contract">
    {freshness.promised === 0 ? (
      <EmptyState title="No dataset has a freshness promise">
        A contract makes one with <Code size="sm">freshness</Code> among its <Code size="sm">slaProperties</Code>. A dataset that is older than promised then appears here.
      </EmptyState>
    ) : (
      <>
        <HStack gap={8} mb={3}>
          <Stat label="Promised">{count(freshness.promised)}</Stat>
          <Stat label="Fresh">{count(freshness.fresh)}</Stat>
          <Stat label="Late">{count(freshness.stale)}</Stat>
          <Stat label="Never Published">{count(freshness.never)}</Stat>
        </HStack>
        <DataTable
          columns={columns}
          empty="None of them is published yet"
          label="Freshness"
          rowKey={(row) => row.name}
          rows={freshness.datasets.slice(0, FEW)}
          to={(row) => at.dataset(row.name)}
        />
      </>
    )}
    <Text fontSize="sm" mt={2}><Link to={at.datasets()}>All datasets</Link></Text>
  </Card>
);
