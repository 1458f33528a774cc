/** The evaluation of a version, over all rows and slice by slice. */
import { HStack, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Card, Choice, count, DataTable, EmptyState, figure, Link, Loaded, type Column } from "@/components";

type Figures = components["schemas"]["Figures"];
type Row = Figures["rows"][number];

const OVERALL = "overall";
const CHAMPION = "champion_";
const WHOLE = new Set(["rows", "positives"]);
// What is the same in each row, or stands beside another figure.
const ASIDE = /^(slice|partition|model_version|champion_.*)$/;

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const nameOf = (row: Row): string => String(row["slice"] ?? "");

/** A figure, with that of the champion of then, on the same rows, below it. */
const Figure = ({ name, row }: { readonly name: string; readonly row: Row }) => {
  const [mine, champion] = [number(row[name]), number(row[`${CHAMPION}${name}`])];
  const against = row["champion_version"];
  if (WHOLE.has(name)) {
    return count(mine);
  }
  return (
    <>
      {figure(mine)}
      {champion === null ? undefined : (
        <Text color="fg.muted" fontSize="xs" whiteSpace="nowrap">
          {typeof against === "string" ? `version ${against}` : "champion"} {figure(champion)}
        </Text>
      )}
    </>
  );
};

const columnsOf = (names: readonly string[]): readonly Column<Row>[] => [
  {
    key: "slice",
    header: "Slice",
    cell: (row) => <Text fontWeight={nameOf(row) === OVERALL ? "bold" : undefined}>{nameOf(row) === OVERALL ? "All rows" : nameOf(row)}</Text>,
    sort: nameOf,
  },
  ...names
    .filter((name) => !ASIDE.test(name))
    .map(
      (name): Column<Row> => ({
        key: `figure.${name}`,
        header: name,
        cell: (row) => <Figure name={name} row={row} />,
        numeric: true,
        sort: (row) => number(row[name]),
      }),
    ),
];

const partitionsOf = (rows: readonly Row[]): readonly string[] => [
  ...new Set(rows.map((row) => row["partition"]).filter((each) => typeof each === "string")),
];

const Table = ({ figures }: { readonly figures: Figures }) => {
  const partitions = partitionsOf(figures.rows);
  const [told, setPartition] = useParam("partition");
  const partition = partitions.length > 1 ? told : "";
  const rows = figures.rows.filter((row) => partition === "" || row["partition"] === partition);
  return (
    <>
      <HStack gap={3} mb={2}>
        {partitions.length > 1 ? (
          <Choice label="Partition" onChange={setPartition} options={partitions.map((value) => ({ label: value, value }))} value={partition} />
        ) : undefined}
        <Text color="fg.muted" fontSize="sm">
          <Link to={at.dataset(figures.dataset)}>{figures.dataset}</Link>
          {partitions.length === 1 ? `, measured on partition ${partitions[0] ?? ""}` : ""}
        </Text>
      </HStack>
      <DataTable
        columns={columnsOf(figures.columns)}
        empty={<EmptyState title="It was not evaluated">A stage that evaluates measures a version over all rows and slice by slice.</EmptyState>}
        label="Evaluation by slice"
        rowKey={(row) => `${nameOf(row)}@${String(row["partition"] ?? "")}`}
        rows={rows}
      />
    </>
  );
};

type Props = { readonly model: string; readonly version: string };

export const Slices = ({ model, version }: Props) => {
  const query = api.useQuery("get", "/api/v1/models/{model}/versions/{version}/slices", { params: { path: { model, version } } });
  return (
    <Card title="Evaluation by Slice">
      <Loaded query={query}>{(figures) => <Table figures={figures} />}</Loaded>
    </Card>
  );
};
