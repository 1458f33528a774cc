/** How large a node is drawn, and where its columns are. */
import type { Column, GraphNode } from "./model";

export const WIDTH = 240;
export const HEAD = 66;
export const ROW = 22;
/** As many columns as a node shows, and with each click on its last line more. */
export const FEW = 8;
export const STEP = 50;

export type Rows = { readonly columns: readonly Column[]; readonly more: number };
export const NO_ROWS: Rows = { columns: [], more: 0 };

/** The columns that are drawn: the first few, or those that are lit; of a node that was opened the first `most` as well. */
export function rowsOf(node: GraphNode, lit: ReadonlySet<string> | undefined, most: number = FEW): Rows {
  const all = node.columns ?? [];
  if (all.length <= most + 1) {
    return { columns: all, more: 0 };
  }
  const first = lit === undefined || most > FEW ? most : 0;
  const columns = all.filter((column, place) => place < first || lit?.has(column.name) === true);
  return { columns, more: all.length - columns.length };
}

export const heightOf = ({ columns, more }: Rows): number =>
  columns.length + more === 0 ? HEAD : HEAD + (columns.length + (more > 0 ? 1 : 0)) * ROW + 6;

/** How far below its node's upper edge a column's line ends. */
export function offset(rows: Rows, column: string): number {
  const place = rows.columns.findIndex(({ name }) => name === column);
  return place < 0 ? HEAD / 2 : HEAD + (place + 0.5) * ROW;
}
