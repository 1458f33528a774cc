/** A dataset's columns as its contract and its newest version tell them. */
import { Badge, Box, Heading, HStack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { count, DataTable, EmptyState, Fitted, Link, Pill, Search, Term, type Column } from "@/components";

type Dataset = components["schemas"]["DatasetView"];
type Field = Dataset["schema"][number];

const columns = (dataset: Dataset): readonly Column<Field>[] => [
  {
    key: "name",
    header: "Column",
    cell: (row) => (
      <HStack gap={2}>
        <Text as="span" fontWeight="bold">
          <Fitted>{row.name}</Fitted>
        </Text>
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
  { key: "about", header: "Description", cell: (row) => <Text whiteSpace="normal">{row.description}</Text> },
  { key: "from", header: <Term name="lineage">Lineage</Term>, cell: (row) => <Link to={at.column(dataset.node, row.name)}>Trace</Link> },
];

// A short table is read faster than searched.
const MANY = 20;

const fits = (field: Field, search: string): boolean =>
  [field.name, field.description ?? "", field.classification ?? ""].some((text) => text.toLowerCase().includes(search.toLowerCase()));

export const Schema = ({ dataset }: { readonly dataset: Dataset }) => {
  const [search, setSearch] = useParam("search");
  const fields = dataset.schema.filter((field) => fits(field, search));
  const empty = <EmptyState title="No column is known">They are once a version is published.</EmptyState>;
  return (
    <>
      {dataset.schema.length > MANY ? (
        <Box mb={3}>
          <Search onChange={setSearch} placeholder="Search Columns" value={search} />
        </Box>
      ) : undefined}
      <Heading mb={2} size="md">{count(fields.length)} {fields.length === 1 ? "Column" : "Columns"}</Heading>
      <DataTable
        columns={columns(dataset)}
        empty={dataset.schema.length === 0 ? empty : "No column fits"}
        label="Columns"
        rowKey={(row) => row.name}
        rows={fields}
      />
    </>
  );
};
