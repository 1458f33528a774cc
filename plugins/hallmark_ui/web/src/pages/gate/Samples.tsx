/** Rows and values that broke an expectation, for whom may see them. */
import { Box, Code, HStack, Table, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { count } from "@/components";
import { shown } from "./words";

type Outcome = components["schemas"]["Outcome"];

const FEW = 5;
const COLUMNS = 40;

const isPersonal = (value: unknown): boolean => value === "[masked]";

const Values = ({ values }: { readonly values: readonly unknown[] }) => (
  <HStack gap={1} wrap="wrap">
    <Text color="fg.muted" fontSize="sm">For example</Text>
    {values.slice(0, 2 * FEW).map((value, place) => (
      <Code key={place} size="sm">{shown(value)}</Code>
    ))}
  </HStack>
);

type RowsProps = { readonly of: readonly string[]; readonly rows: readonly Readonly<Record<string, unknown>>[] };

/** The columns that the expectation is about stand first and bold. */
const Rows = ({ of, rows }: RowsProps) => {
  const all = Object.keys(rows[0] ?? {});
  const columns = [...all.filter((one) => of.includes(one)), ...all.filter((one) => !of.includes(one))].slice(0, COLUMNS);
  const left = all.length - columns.length;
  return (
    <>
      <Table.ScrollArea borderColor="border" borderRadius={4} borderWidth={1} mt={2} tabIndex={0}>
        <Table.Root aria-label="Rows that broke it" size="sm">
          <Table.Header>
            <Table.Row>
              {columns.map((column) => (
                <Table.ColumnHeader key={column} whiteSpace="nowrap">{column}</Table.ColumnHeader>
              ))}
            </Table.Row>
          </Table.Header>
          <Table.Body>
            {rows.slice(0, FEW).map((row, place) => (
              <Table.Row key={place}>
                {columns.map((column) => (
                  <Table.Cell
                    color={isPersonal(row[column]) || row[column] === null ? "fg.muted" : undefined}
                    fontWeight={of.includes(column) ? "bold" : undefined}
                    key={column}
                    whiteSpace="nowrap"
                  >
                    {shown(row[column])}
                  </Table.Cell>
                ))}
              </Table.Row>
            ))}
          </Table.Body>
        </Table.Root>
      </Table.ScrollArea>
      {left > 0 ? <Text color="fg.muted" fontSize="sm">and {count(left)} more columns</Text> : undefined}
    </>
  );
};

/** The columns that an expectation names. */
export function columnsOf(result: Outcome): readonly string[] {
  const { column, column_A, column_B, column_list } = result.kwargs;
  const many = Array.isArray(column_list) ? column_list : [];
  return [column, column_A, column_B, ...many].filter((one): one is string => typeof one === "string");
}

export const Samples = ({ result }: { readonly result: Outcome }) => {
  const { samples } = result;
  const plain = (samples?.values ?? []).filter((value) => value === null || typeof value !== "object");
  if (!samples || (plain.length === 0 && samples.rows.length === 0)) {
    return undefined;
  }
  return (
    <Box>
      {plain.length > 0 ? <Values values={plain} /> : undefined}
      {samples.rows.length > 0 ? <Rows of={columnsOf(result)} rows={samples.rows} /> : undefined}
    </Box>
  );
};
