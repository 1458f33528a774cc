/** What a list says of a receipt. */
import { Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { count, duration, GateBadge, StateBadge, Time, type Column } from "@/components";
import { Origin } from "@/components/Origin";
import { partsOf } from "../receipt/message";

export type Receipt = components["schemas"]["ReceiptItem"];

/** What was made or would have been, at its version or its partition: `flights/raw [2013-04] @3`. */
export function labelOf(receipt: Receipt): string {
  const partition = receipt.output_partition ? ` [${receipt.output_partition}]` : "";
  const version = receipt.output_version ? ` @${receipt.output_version}` : "";
  return `${receipt.output_name ?? receipt.task_id}${partition}${version}`;
}

/** The first words of a message; the whole of it is on the receipt's page. */
const Message = ({ text }: { readonly text: string }) => (
  <Text maxWidth="28ch" title={text} truncate>
    {partsOf(text).join("; ")}
  </Text>
);

export const columns: readonly Column<Receipt>[] = [
  { key: "output", header: "Output", cell: (row) => labelOf(row) },
  { key: "state", header: "State", cell: (row) => <StateBadge state={row.state} /> },
  { key: "started", header: "Started", cell: (row) => <Time at={row.started_at} /> },
  { key: "kind", header: "Kind", cell: (row) => row.kind },
  {
    key: "gate",
    header: "Gate",
    cell: (row) =>
      row.gate_success === null ? undefined : (
        <GateBadge
          failed={row.checks_failed ?? undefined}
          passed={row.checks_passed ?? undefined}
          published={row.state === "published"}
          success={row.gate_success}
        />
      ),
  },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows_out), numeric: true },
  { key: "quarantined", header: "Quarantined", cell: (row) => (row.quarantined > 0 ? count(row.quarantined) : ""), numeric: true },
  { key: "took", header: "Duration", cell: (row) => (row.seconds === null ? "" : duration(row.seconds)), numeric: true },
  { key: "origin", header: "Task Instance", cell: (row) => <Origin of={row} stacked /> },
  { key: "by", header: "By", cell: (row) => row.principal },
  { key: "message", header: "Message", cell: (row) => <Message text={row.message} /> },
];
