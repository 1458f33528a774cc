/** A dataset's versions, newest first: what each was made by and what its gate has said. */
import { Heading, HStack, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, titled } from "@/api/listing";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { bytes, count, DataTable, EmptyState, GateBadge, Link, Time, type Column } from "@/components";
import { Sparkline } from "@/components/charts";

type Version = components["schemas"]["VersionItem"];

const gate = (row: Version) => {
  const badge = (
    <GateBadge failed={row.checks_failed ?? undefined} passed={row.checks_passed ?? undefined} published success={row.gate_success} />
  );
  return row.gate_success === null ? badge : <Link to={at.gate(row.receipt_id)}>{badge}</Link>;
};

const columns = (name: string): readonly Column<Version>[] => [
  {
    key: "version",
    header: "Version",
    cell: (row) =>
      row.has_profile ? <Link bold to={`${at.dataset(name, "profile")}?version=${row.version}`}>{row.version}</Link> : <b>{row.version}</b>,
  },
  { key: "partition", header: "Partition", cell: (row) => row.partition },
  { key: "at", header: "Published", cell: (row) => <Time at={row.published_at} /> },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows), numeric: true },
  { key: "bytes", header: "Size", cell: (row) => bytes(row.bytes), numeric: true },
  { key: "gate", header: "Gate", cell: gate },
  { key: "out", header: "Quarantined", cell: (row) => (row.quarantined > 0 ? count(row.quarantined) : ""), numeric: true },
  { key: "run", header: "Run", cell: (row) => <Link to={at.task(row.dag_id, row.run_id, row.task_id, row.map_index)}>{row.run_id}</Link> },
  { key: "by", header: "By", cell: (row) => row.principal },
  { key: "receipt", header: "Receipt", cell: (row) => <Link to={at.receipt(row.receipt_id)}>{row.receipt_id.slice(0, 8)}</Link> },
];

export const Versions = ({ name }: { readonly name: string }) => {
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/catalog/datasets/{dataset}/versions",
    { params: { path: { dataset: name } } },
    { ...LISTING, refetchInterval: useLive() },
  );
  const list = listed(query);
  const course = [...(list.rows ?? [])].reverse().map((row) => row.rows);
  return (
    <>
      <HStack gap={4} mb={2}>
        <Heading size="md">{titled(query, "Version")}</Heading>
        {course.length > 1 ? (
          <HStack color="fg.muted" fontSize="sm">
            <Text>Rows</Text>
            <Sparkline label="Rows of each version, oldest first" values={course} />
          </HStack>
        ) : undefined}
      </HStack>
      <DataTable
        {...list}
        columns={columns(name)}
        empty={<EmptyState title="No version is published yet">The first is when a stage that writes it passes its gate.</EmptyState>}
        error={query.error}
        label="Versions"
        retry={() => void query.refetch()}
        rowKey={(row) => row.version}
      />
    </>
  );
};
