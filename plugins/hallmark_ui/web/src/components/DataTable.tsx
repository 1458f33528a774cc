/**
 * A table as Airflow's lists are: striped, its head stays in sight, columns sort, arrows move along the rows.
 *
 * Sorts the rows it has; where the server sorts, give `sort` and `onSort`.
 */
import { Button, Table } from "@chakra-ui/react";
import { useMemo, useState, type KeyboardEvent, type ReactNode } from "react";
import { TiArrowSortedDown, TiArrowSortedUp, TiArrowUnsorted } from "react-icons/ti";
import { ended } from "@/api/problem";
import { EmptyState } from "./EmptyState";
import { ErrorState } from "./ErrorState";
import { Fitted } from "./Fitted";
import { Link } from "./Link";
import { Loading } from "./Loading";
import { usePart } from "./part";
import { ShowMore, type More } from "./ShowMore";
import { nextSort, sorted, type Sort, type SortValue } from "./sorting";

export type Column<Row> = {
  readonly cell: (row: Row) => ReactNode;
  readonly header: ReactNode;
  readonly key: string;
  /** Figures stand at the end of their column. */
  readonly numeric?: boolean;
  /** What the column is sorted by; a column without it is not. With `onSort`, that it is there is enough. */
  readonly sort?: (row: Row) => SortValue;
  readonly width?: string;
};

type Props<Row> = {
  readonly columns: readonly Column<Row>[];
  /** What to say where there are no rows: how there will be some. */
  readonly empty: ReactNode;
  /** Of the query; refusals are errors. */
  readonly error?: unknown;
  /** What the table is of, for a reader that does not see it. */
  readonly label: string;
  /** A way to the rows that follow. */
  readonly more?: More | undefined;
  readonly onSort?: (sort: Sort | null) => void;
  readonly retry?: () => void;
  readonly rowKey: (row: Row) => string;
  /** Undefined while they are fetched. */
  readonly rows: readonly Row[] | undefined;
  readonly sort?: Sort | null;
  /** Where a row leads; its first cell is the link. */
  readonly to?: (row: Row) => string;
};

/** As many rows as are drawn at once. */
const MOST = 200;
const NO_ROWS: readonly never[] = [];
const ROW_LINK = "tbody td:first-of-type a";

/** Move to the link of the row above or below. */
function moveAlongRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) {
    return;
  }
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(ROW_LINK)];
  const place = links.findIndex((link) => link === document.activeElement);
  const next = links[place + step];
  if (place >= 0 && next) {
    event.preventDefault();
    next.focus();
  }
}

const SIGNS = { asc: TiArrowSortedUp, desc: TiArrowSortedDown } as const;
const ARIA = { asc: "ascending", desc: "descending" } as const;

type HeadProps<Row> = { readonly column: Column<Row>; readonly onSort: (sort: Sort | null) => void; readonly sort: Sort | null };

function Head<Row>({ column, onSort, sort }: HeadProps<Row>) {
  const order = sort?.key === column.key ? sort.order : undefined;
  const Sign = order === undefined ? TiArrowUnsorted : SIGNS[order];
  return (
    <Table.ColumnHeader
      aria-sort={order === undefined ? undefined : ARIA[order]}
      textAlign={column.numeric === true ? "end" : undefined}
      whiteSpace="nowrap"
      width={column.width}
    >
      {column.sort === undefined ? (
        column.header
      ) : (
        <Button
          fontWeight="inherit"
          gap={1}
          height="auto"
          minWidth={0}
          onClick={() => {
            onSort(nextSort(sort, column.key));
          }}
          px={0}
          py={1}
          variant="plain"
        >
          {column.header}
          <Sign aria-hidden="true" />
        </Button>
      )}
    </Table.ColumnHeader>
  );
}

export function DataTable<Row>(props: Props<Row>): ReactNode {
  const { columns, empty, error, label, more, onSort, retry, rowKey, rows, to } = props;
  const [own, setOwn] = useState<Sort | null>(null);
  const sort = props.sort === undefined ? own : props.sort;
  const ordered = useMemo(() => {
    const value = columns.find((column) => column.key === own?.key)?.sort;
    return rows === undefined || own === null || value === undefined ? rows : sorted(rows, value, own.order);
  }, [columns, own, rows]);
  const { more: further, shown } = usePart(ordered ?? NO_ROWS, MOST);

  if (error instanceof Error && ordered === undefined) {
    // The banner over the page says it for all that has asked.
    return ended(error) ? undefined : <ErrorState error={error} retry={retry} />;
  }
  if (ordered === undefined) {
    return <Loading rows={8} />;
  }
  if (shown.length === 0) {
    return typeof empty === "string" ? <EmptyState title={empty} /> : empty;
  }
  return (
    <>
      <Table.ScrollArea tabIndex={to === undefined ? 0 : undefined}>
        <Table.Root aria-label={label} onKeyDown={moveAlongRows} size="sm" striped>
          <Table.Header bg="bg" position="sticky" top={0} zIndex={1}>
            <Table.Row>
              {columns.map((column) => (
                <Head column={column} key={column.key} onSort={onSort ?? setOwn} sort={sort} />
              ))}
            </Table.Row>
          </Table.Header>
          <Table.Body>
            {shown.map((row) => (
              <Table.Row key={rowKey(row)}>
                {columns.map((column, place) => (
                  <Table.Cell
                    fontVariantNumeric={column.numeric === true ? "tabular-nums" : undefined}
                    key={column.key}
                    textAlign={column.numeric === true ? "end" : undefined}
                  >
                    {place === 0 && to !== undefined ? (
                      <Link bold to={to(row)}>
                        {column.cell(row)}
                      </Link>
                    ) : (
                      <Fitted>{column.cell(row)}</Fitted>
                    )}
                  </Table.Cell>
                ))}
              </Table.Row>
            ))}
          </Table.Body>
        </Table.Root>
      </Table.ScrollArea>
      <ShowMore more={further ?? more} />
    </>
  );
}
