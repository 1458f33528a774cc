/** The rows of a batch: what each failed, and the values that did not hold. */
import { Badge, Box, Code, Icon, Table, Text } from "@chakra-ui/react";
import { FiLock } from "react-icons/fi";
import type { components } from "@/api/schema";
import { ShowMore, Tip, usePart, type More } from "@/components";
import { failedOf, orderOf } from "./failed";

type Page = components["schemas"]["BatchRows"];
type Row = Page["items"][number];

const told = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const Value = ({ bad, value }: { readonly bad: boolean; readonly value: unknown }) => (
  <Table.Cell bg={bad ? "failed.subtle" : undefined} color={bad ? "failed.fg" : undefined} fontVariantNumeric="tabular-nums" fontWeight={bad ? "bold" : undefined} whiteSpace="nowrap">
    {value === null || value === undefined ? <Text as="span" color="fg.muted" fontStyle="italic">null</Text> : told(value)}
  </Table.Cell>
);

const short = (expectation: string): string => expectation.replace(/^expect_(column_values_to_|compound_columns_to_|column_)?(be_)?/, "").replaceAll("_", " ");

/** "distance: between", "7 columns: unique". */
function labelOf(title: string): string {
  const { columns, expectation } = failedOf(title);
  const where = columns.length > 1 ? `${columns.length} columns` : columns[0];
  return where === undefined ? short(expectation) : `${where}: ${short(expectation)}`;
}

const Failures = ({ row }: { readonly row: Row }) => (
  <Table.Cell>
    {row.failed.map((title) => (
      <Tip key={title} text={title}>
        <Badge colorPalette="failed" maxWidth="26ch" me={1} size="sm" tabIndex={0} variant="surface">
          <Text as="span" truncate>
            {labelOf(title)}
          </Text>
        </Badge>
      </Tip>
    ))}
  </Table.Cell>
);

const Head = ({ column }: { readonly column: Page["columns"][number] }) => (
  <Table.ColumnHeader whiteSpace="nowrap">
    {column.name}
    {column.masked ? (
      <Tip text="Personal data is masked.">
        <Box as="span" ms={1} tabIndex={0}>
          <Icon as={FiLock} aria-label="masked" boxSize="0.9em" color="fg.muted" />
        </Box>
      </Tip>
    ) : undefined}
  </Table.ColumnHeader>
);

type Props = {
  readonly columns: Page["columns"];
  readonly failed: readonly string[];
  readonly items: readonly Row[];
  readonly more: More | undefined;
};

/** As many columns as are drawn at once: those that failed stand first. */
const COLUMNS = 100;

export const Rows = ({ columns, failed, items, more }: Props) => {
  const { more: further, shown: order } = usePart(orderOf(columns, failed), COLUMNS);
  return (
    <>
      <Table.ScrollArea>
        <Table.Root aria-label="Rows in quarantine" size="sm">
          <Table.Header>
            <Table.Row>
              <Table.ColumnHeader>Failed</Table.ColumnHeader>
              {order.map((place) => {
                const column = columns[place];
                return column === undefined ? undefined : <Head column={column} key={column.name} />;
              })}
            </Table.Row>
          </Table.Header>
          <Table.Body>
            {items.map((row, number) => {
              const bad = new Set(row.failed.flatMap((title) => failedOf(title).columns));
              return (
                <Table.Row key={number}>
                  <Failures row={row} />
                  {order.map((place) => (
                    <Value bad={bad.has(columns[place]?.name ?? "")} key={columns[place]?.name} value={row.values[place]} />
                  ))}
                </Table.Row>
              );
            })}
          </Table.Body>
        </Table.Root>
      </Table.ScrollArea>
      <ShowMore more={further} of="columns" />
      <ShowMore more={more} of={further === undefined ? undefined : "rows"} />
    </>
  );
};

/** The expectations that rows of the batch failed, with how many each. */
export const Expectations = ({ failed, rows }: { readonly failed: Readonly<Record<string, number>>; readonly rows: number }) => (
  <Table.ScrollArea>
    <Table.Root aria-label="Failed expectations" size="sm">
      <Table.Header>
        <Table.Row>
          <Table.ColumnHeader>Expectation</Table.ColumnHeader>
          <Table.ColumnHeader>Columns</Table.ColumnHeader>
          <Table.ColumnHeader textAlign="end">Rows</Table.ColumnHeader>
          <Table.ColumnHeader width="30%" />
        </Table.Row>
      </Table.Header>
      <Table.Body>
        {Object.entries(failed)
          .sort(([, one], [, other]) => other - one)
          .map(([title, number]) => (
            <Table.Row key={title}>
              <Table.Cell><Code>{failedOf(title).expectation}</Code></Table.Cell>
              <Table.Cell>{failedOf(title).columns.join(", ")}</Table.Cell>
              <Table.Cell fontVariantNumeric="tabular-nums" textAlign="end">{new Intl.NumberFormat().format(number)}</Table.Cell>
              <Table.Cell aria-hidden="true">
                <Box bg="bg.muted" borderRadius="2px" height="8px">
                  <Box bg="failed.solid" borderRadius="2px" height="100%" style={{ width: `${(100 * number) / Math.max(1, rows)}%` }} />
                </Box>
              </Table.Cell>
            </Table.Row>
          ))}
      </Table.Body>
    </Table.Root>
  </Table.ScrollArea>
);
