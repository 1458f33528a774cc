/** How large a node is drawn, and where its columns are. */
import type { Column, GraphNode } from "./model";

export const WIDTH = 240;
export const HEAD = 66;
export const ROW = 22;
const FEW = 8;

export type Rows = { readonly columns: readonly Column[]; readonly more: number };
export const NO_ROWS: Rows = { columns: [], more: 0 };

/** The columns that are drawn: the first few and those that are lit, or all. */
export function rowsOf(node: GraphNode, lit: ReadonlySet<string> | undefined, all: boolean): Rows {
  if (all || node.columns.length <= FEW + 1) {
    return { columns: node.columns, more: 0 };
  }
  const columns = node.columns.filter((column, place) => (lit === undefined ? place < FEW : lit.has(column.name)));
  return { columns, more: node.columns.length - columns.length };
}

export const heightOf = ({ columns, more }: Rows): number =>
  columns.length + more === 0 ? HEAD : HEAD + (columns.length + (more > 0 ? 1 : 0)) * ROW + 6;

/** How far below its node's upper edge a column's line ends. */
export function offset(rows: Rows, column: string): number {
  const place = rows.columns.findIndex(({ name }) => name === column);
  return place < 0 ? HEAD / 2 : HEAD + (place + 0.5) * ROW;
}
