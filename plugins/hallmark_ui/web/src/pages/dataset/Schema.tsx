/** A dataset's columns as its contract and its newest version tell them. */
import { Badge, HStack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { DataTable, EmptyState, Pill, Term, type Column } from "@/components";

type Dataset = components["schemas"]["DatasetView"];
type Field = Dataset["schema"][number];

const columns = (dataset: Dataset): readonly Column<Field>[] => [
  {
    key: "name",
    header: "Column",
    cell: (row) => (
      <HStack gap={2}>
        <Text fontWeight="bold">{row.name}</Text>
        {dataset.primary_key.includes(row.name) ? <Badge size="sm">key</Badge> : undefined}
        {dataset.unique.includes(row.name) ? <Badge size="sm">unique</Badge> : undefined}
        {dataset.partition_by === row.name ? <Badge size="sm">partition</Badge> : undefined}
      </HStack>
    ),
    sort: (row) => row.name,
  },
  { key: "type", header: "Type", cell: (row) => row.type, sort: (row) => row.type },
  { key: "null", header: "Null", cell: (row) => (row.nullable ? "allowed" : "never"), sort: (row) => row.nullable },
  {
    key: "class",
    header: <Term name="classification">Classification</Term>,
    cell: (row) =>
      row.classification === null || row.classification === undefined ? undefined : (
        <Pill palette={row.personal ? "purple" : "none"}>{row.classification}</Pill>
      ),
    sort: (row) => row.classification,
  },
  { key: "about", header: "Description", cell: (row) => row.description },
];

export const Schema = ({ dataset }: { readonly dataset: Dataset }) => (
  <DataTable
    columns={columns(dataset)}
    empty={<EmptyState title="No column is known">They are once a version is published.</EmptyState>}
    label="Columns"
    rowKey={(row) => row.name}
    rows={dataset.schema}
  />
);
