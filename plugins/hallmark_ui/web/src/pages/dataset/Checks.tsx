/** Every expectation of a dataset over its last runs: when it held, when it did not. */
import { Box, Heading, HStack, Table, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { useTimezone } from "@/app/host";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { absolute, Choice, count, EmptyState, Link, Loaded, Search, SeverityBadge, ShowMore, usePart } from "@/components";
import { HeatStrip, type HeatCell } from "@/components/charts";
import { asked, seen } from "../gate/words";

type Strip = components["schemas"]["Strip"];
type Row = Strip["rows"][number];
type Run = Strip["runs"][number];

const SIZE = 16;
const RUNS = "30";
/** As many expectations as are drawn at once, and from how many on they are searched. */
const [MOST, MANY] = [50, 12];
const LENGTHS = ["10", "60", "100"].map((value) => ({ label: `Last ${value} runs`, value }));

const outcome = (cell: Row["cells"][number], severity: string): HeatCell["outcome"] => {
  if (!cell) {
    return "none";
  }
  return cell.success ? "passed" : severity === "critical" ? "failed" : "warned";
};

/** The worse, the stronger: a share of a hundredth must differ from one of a tenth. */
const strength = (cell: Row["cells"][number]): number | undefined =>
  !cell || cell.success || typeof cell.unexpected_percent !== "number" ? undefined : 0.5 + Math.sqrt(cell.unexpected_percent / 100) / 2;

const runName = (run: Run, zone: string): string => `${absolute(run.at, zone)}${run.partition === null ? "" : ` [${run.partition}]`}`;

function cells(row: Row, runs: readonly Run[], zone: string): readonly HeatCell[] {
  return runs.map((run, place) => {
    const cell = row.cells[place] ?? null;
    const said = cell === null ? "not asked" : `${cell.success ? "met" : "not met"}. ${seen({ ...cell, exception: cell.error ?? null })}`;
    return {
      key: run.receipt_id,
      label: `${runName(run, zone)}: ${said}`,
      outcome: outcome(cell, row.severity),
      share: strength(cell),
      to: at.gate(run.receipt_id),
    };
  });
}

const gates = (runs: readonly Run[], zone: string): readonly HeatCell[] =>
  runs.map((run) => ({
    key: run.receipt_id,
    label: `${runName(run, zone)}: ${run.state}`,
    outcome: run.gate_success ? "passed" : run.state === "published" ? "warned" : "failed",
    to: at.gate(run.receipt_id),
  }));

const failures = (row: Row): number => row.cells.filter((cell) => cell?.success === false).length;
const worstFirst = (rows: readonly Row[]): readonly Row[] =>
  [...rows].sort(
    (one, other) => Number(other.cells.at(-1)?.success === false) - Number(one.cells.at(-1)?.success === false) || failures(other) - failures(one),
  );

type Arguments = Readonly<Record<string, unknown>>;

/** What each expectation asked for at the newest run: its row over the runs is known by its key, without its bounds. */
function useArguments(runs: readonly Run[]): (row: Row) => Arguments {
  const newest = runs.at(-1)?.receipt_id ?? "";
  const gate = api.useQuery("get", "/api/v1/gates/{receipt}", { params: { path: { receipt: newest } } }, { enabled: newest !== "" });
  const byKey = new Map((gate.data?.results ?? []).map((one) => [`${one.severity} ${one.key}`, one.kwargs]));
  return (row) => byKey.get(`${row.severity} ${row.key}`) ?? { column: row.column };
}

const Grid = ({ strip }: { readonly strip: Strip }) => {
  const zone = useTimezone();
  const values = useArguments(strip.runs);
  const [search, setSearch] = useParam("search");
  const wanted = worstFirst(strip.rows).filter((row) => `${asked(row.expectation, values(row))} ${row.expectation}`.toLowerCase().includes(search.toLowerCase()));
  const { more, shown } = usePart(wanted, MOST);
  return (
    <>
      {strip.rows.length > MANY ? (
        <Box mb={3}>
          <Search onChange={setSearch} placeholder="Search Expectations" value={search} />
        </Box>
      ) : undefined}
      <Table.ScrollArea>
        <Table.Root aria-label="Expectations over the runs" size="sm">
          <Table.Header>
            <Table.Row>
              <Table.ColumnHeader>Expectation</Table.ColumnHeader>
              <Table.ColumnHeader>Severity</Table.ColumnHeader>
              <Table.ColumnHeader textAlign="end" whiteSpace="nowrap">Not Met</Table.ColumnHeader>
              <Table.ColumnHeader whiteSpace="nowrap">Runs, Oldest First</Table.ColumnHeader>
            </Table.Row>
          </Table.Header>
          <Table.Body>
            <Table.Row>
              <Table.Cell fontWeight="bold">The gate as a whole</Table.Cell>
              <Table.Cell />
              <Table.Cell textAlign="end">{count(strip.runs.filter((run) => !run.gate_success).length)}</Table.Cell>
              <Table.Cell><HeatStrip cells={gates(strip.runs, zone)} label="The gate as a whole" size={SIZE} /></Table.Cell>
            </Table.Row>
            {shown.map((row) => (
              <Table.Row key={`${row.key} ${row.severity}`}>
                <Table.Cell overflowWrap="anywhere">{asked(row.expectation, values(row))}</Table.Cell>
                <Table.Cell><SeverityBadge severity={row.severity} /></Table.Cell>
                <Table.Cell textAlign="end">{failures(row) > 0 ? count(failures(row)) : ""}</Table.Cell>
                <Table.Cell>
                  <HeatStrip cells={cells(row, strip.runs, zone)} label={`Runs of ${row.expectation} ${row.column ?? ""}`} size={SIZE} />
                </Table.Cell>
              </Table.Row>
            ))}
          </Table.Body>
        </Table.Root>
      </Table.ScrollArea>
      <ShowMore more={more} />
    </>
  );
};

export const Checks = ({ name }: { readonly name: string }) => {
  const [runs, setRuns] = useParam("runs");
  const params = { path: { dataset: name }, query: { runs: Number(runs === "" ? RUNS : runs) } };
  const query = api.useQuery("get", "/api/v1/catalog/datasets/{dataset}/checks", { params }, { refetchInterval: useLive() });
  return (
    <Loaded query={query}>
      {(strip) =>
        strip.runs.length === 0 ? (
          <EmptyState title="No gate has checked this dataset">Name a suite of expectations in the dataset; each run of its stage then stands here.</EmptyState>
        ) : (
          <>
            <HStack justifyContent="space-between" mb={2}>
              <Box>
                <Heading size="md">{count(strip.rows.length)} Expectations</Heading>
                <Text color="fg.muted" fontSize="sm">
                  Green was met, red refused the output, amber was only noted, grey was not asked. A cell leads to its{" "}
                  <Link to={at.quality({ dataset: name })}>gate run</Link>.
                </Text>
              </Box>
              <Choice all={`Last ${RUNS} runs`} label="Runs" onChange={setRuns} options={LENGTHS} value={runs} />
            </HStack>
            <Grid strip={strip} />
          </>
        )
      }
    </Loaded>
  );
};
