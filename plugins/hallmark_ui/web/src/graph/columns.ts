/** Columns and what flows between them. */
import type { Graph } from "./model";
import { near, reached } from "./walk";

export type Point = { readonly node: string; readonly column: string };
export type ColumnEdge = { readonly from: Point; readonly to: Point };
/** What is lit: nodes, columns of the datasets among them, and the lines between the columns. */
export type Lit = {
  readonly nodes: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly flows: readonly ColumnEdge[];
};

const key = ({ column, node }: Point): string => `${node}\n${column}`;

/** Every influence of a column on another within the graph: through a job that reads the one's dataset and writes the other's. */
export function flowsOf(graph: Graph): readonly ColumnEdge[] {
  const { up } = near(graph.edges);
  return [...graph.nodes.values()].flatMap((node) => {
    const jobs = node.flows.length > 0 ? (up.get(node.id) ?? []) : [];
    const sources = new Set(jobs.flatMap((job) => up.get(job) ?? []));
    const byBase = new Map([...sources].map((id) => [graph.nodes.get(id)?.base, id]));
    return node.flows.flatMap((flow) => {
      const from = byBase.get(flow.from);
      // An influence on all rows has no column of its own to be drawn at.
      return from === undefined || flow.column === ""
        ? []
        : [{ from: { column: flow.source, node: from }, to: { column: flow.column, node: node.id } }];
    });
  });
}

/** All that goes into a column and all it goes into. */
export function litBy(graph: Graph, flows: readonly ColumnEdge[], start: Point): Lit {
  const { down, up } = near(flows.map(({ from, to }) => [key(from), key(to)] as const));
  const above = reached([key(start)], up);
  const below = reached([key(start)], down);
  const both = (one: Point, other: Point) => [above, below].some((set) => set.has(key(one)) && set.has(key(other)));
  const lines = flows.filter(({ from, to }) => both(from, to));
  const columns = new Map<string, Set<string>>([[start.node, new Set([start.column])]]);
  lines.flatMap(({ from, to }) => [from, to]).forEach(({ column, node }) => {
    columns.set(node, (columns.get(node) ?? new Set()).add(column));
  });
  return { columns, flows: lines, nodes: new Set([...columns.keys(), ...between(graph, lines)]) };
}

/** The jobs that make columns of columns. */
function between(graph: Graph, lines: readonly ColumnEdge[]): readonly string[] {
  const pairs = new Set(lines.map(({ from, to }) => `${from.node}\n${to.node}`));
  const { down, up } = near(graph.edges);
  return [...graph.nodes.values()]
    .filter(({ inputs }) => inputs !== undefined)
    .map(({ id }) => id)
    .filter((job) => (up.get(job) ?? []).some((from) => (down.get(job) ?? []).some((to) => pairs.has(`${from}\n${to}`))));
}
