/** Columns and what flows between them. */
import type { Flow, Graph } from "./model";
import { near, reached } from "./walk";

export type Point = { readonly node: string; readonly column: string };
export type ColumnEdge = { readonly from: Point; readonly to: Point; readonly job: string };
/** What is lit: nodes, columns of the datasets among them, and the lines between the columns. */
export type Lit = {
  readonly nodes: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly flows: readonly ColumnEdge[];
};

const key = ({ column, node }: Point): string => `${node}\n${column}`;

const edgeOf = (flow: Flow): ColumnEdge => ({
  from: { column: flow.source, node: flow.from },
  job: flow.job,
  to: { column: flow.target, node: flow.to },
});

/** Every influence of a column on another between what is drawn. */
export function flowsOf(graph: Graph): readonly ColumnEdge[] {
  return graph.flows
    // An influence on all rows has no column of its own to be drawn at.
    .filter(({ from, target, to }) => target !== "" && graph.nodes.has(from) && graph.nodes.has(to))
    .map(edgeOf);
}

/** All that goes into a column and all it goes into. */
export function litBy(flows: readonly ColumnEdge[], start: Point): Lit {
  const { down, up } = near(flows.map(({ from, to }) => [key(from), key(to)] as const));
  const above = reached([key(start)], up);
  const below = reached([key(start)], down);
  const both = (one: Point, other: Point) => [above, below].some((set) => set.has(key(one)) && set.has(key(other)));
  const lines = flows.filter(({ from, to }) => both(from, to));
  const columns = new Map<string, Set<string>>([[start.node, new Set([start.column])]]);
  lines.flatMap(({ from, to }) => [from, to]).forEach(({ column, node }) => {
    columns.set(node, (columns.get(node) ?? new Set()).add(column));
  });
  return { columns, flows: lines, nodes: new Set([...columns.keys(), ...lines.map(({ job }) => job)]) };
}

/** What a column is made from, the nearest first: each with how many steps lie between. */
export function sourcesOf(flows: readonly ColumnEdge[], start: Point): readonly { readonly distance: number; readonly point: Point }[] {
  const { up } = near(flows.map(({ from, to }) => [key(from), key(to)] as const));
  const points = new Map(flows.map(({ from }) => [key(from), from]));
  const seen = new Set([key(start)]);
  const found: { readonly distance: number; readonly point: Point }[] = [];
  let frontier = [key(start)];
  for (let distance = 1; frontier.length > 0; distance += 1) {
    frontier = [...new Set(frontier.flatMap((each) => up.get(each) ?? []))].filter((each) => !seen.has(each));
    frontier.forEach((each) => {
      seen.add(each);
      const point = points.get(each);
      if (point !== undefined) {
        found.push({ distance, point });
      }
    });
  }
  return found;
}
