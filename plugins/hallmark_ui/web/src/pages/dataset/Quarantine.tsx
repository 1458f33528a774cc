/** Batches of rows that were kept out of a dataset, and what became of them. */
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed } from "@/api/listing";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, EmptyState, Link, StateBadge, Time, type Column } from "@/components";

type Review = components["schemas"]["Review"];

const where = (row: Review): string =>
  row.receipt_id === null ? at.reviews({ dataset: row.name }) : at.batch(row.name, row.receipt_id);

const columns: readonly Column<Review>[] = [
  { key: "title", header: "Batch", cell: (row) => row.title },
  { key: "standing", header: "Standing", cell: (row) => <StateBadge state={row.standing} /> },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows), numeric: true },
  { key: "since", header: "Set Apart", cell: (row) => <Time at={row.since} /> },
  {
    key: "gate",
    header: "Why",
    cell: (row) => (row.receipt_id === null ? undefined : <Link to={at.gate(row.receipt_id)}>Gate run</Link>),
  },
  { key: "run", header: "Run", cell: (row) => <Link to={at.task(row.dag_id, row.run_id, row.task_id, row.map_index)}>{row.run_id}</Link> },
  {
    key: "do",
    header: "Review",
    cell: (row) => (row.actions.length > 0 ? <Link to={where(row)}>{row.actions.join(" or ").replace(/^./, (first) => first.toUpperCase())}</Link> : undefined),
  },
];

export const Quarantine = ({ name }: { readonly name: string }) => {
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/reviews",
    { params: { query: { dataset: [name], kind: "quarantine" } } },
    { ...LISTING, refetchInterval: useLive() },
  );
  return (
    <DataTable
      {...listed(query)}
      columns={columns}
      empty={
        <EmptyState title="No rows are in quarantine">
          Rows that break an expectation about a single row are set apart here while the others are published.
        </EmptyState>
      }
      error={query.error}
      label="Batches in quarantine"
      retry={() => void query.refetch()}
      rowKey={(row) => row.id}
      to={where}
    />
  );
};
