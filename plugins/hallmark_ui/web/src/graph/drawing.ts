/** A graph as the drawing takes it: nodes and lines with their places and looks. */
import { MarkerType, Position } from "@xyflow/react";
import { colour } from "@/components/charts";
import type { Lit } from "./columns";
import type { Line } from "./lines";
import type { Graph, GraphNode } from "./model";
import type { BoxNode } from "./NodeBox";
import { HEAD, heightOf, NO_ROWS, offset, rowsOf, WIDTH, type Rows } from "./sizes";
import type { Places } from "./useLayout";
import type { Fold, Way } from "./walk";

/** What is emphasised: columns and what leads to and from them, or the path to a cause. */
export type Emphasis = { readonly lit?: Lit; readonly path?: readonly string[] };

export type Look = {
  readonly emphasis: Emphasis;
  readonly found: ReadonlySet<string>;
  readonly foldOf: (node: GraphNode, way: Way) => Fold;
  readonly rows: ReadonlyMap<string, Rows>;
  readonly selected?: string;
  readonly start?: string;
};

/** The rows of all nodes: none at the level of tables. */
export const allRows = (graph: Graph, columns: boolean, lit: Lit | undefined, opened: ReadonlyMap<string, number>): ReadonlyMap<string, Rows> =>
  new Map(
    [...graph.nodes.values()].map((node) => [
      node.id,
      columns ? rowsOf(node, lit === undefined ? undefined : (lit.columns.get(node.id) ?? new Set()), opened.get(node.id)) : NO_ROWS,
    ]),
  );

const emphasised = ({ lit, path }: Emphasis): ReadonlySet<string> | undefined =>
  path === undefined ? lit?.nodes : new Set(path);

export function boxes(graph: Graph, places: Places, look: Look): BoxNode[] {
  const bright = emphasised(look.emphasis);
  return [...graph.nodes.values()].flatMap((node): BoxNode[] => {
    const place = places.get(node.id);
    if (place === undefined) {
      return [];
    }
    const rows = look.rows.get(node.id) ?? NO_ROWS;
    const height = heightOf(rows);
    const end = { height: 1, width: 1, y: HEAD / 2 };
    return [
      {
        data: {
          dimmed: bright !== undefined && !bright.has(node.id),
          down: look.foldOf(node, "down"),
          found: look.found.has(node.id),
          lit: [...(look.emphasis.lit?.columns.get(node.id) ?? [])].join("\n"),
          node,
          rows,
          start: node.id === look.start,
          up: look.foldOf(node, "up"),
        },
        handles: [
          { ...end, position: Position.Left, type: "target", x: 0 },
          { ...end, position: Position.Right, type: "source", x: WIDTH },
        ],
        height,
        id: node.id,
        measured: { height, width: WIDTH },
        position: { x: place.x, y: place.y },
        selected: node.id === look.selected,
        type: "box",
        width: WIDTH,
      },
    ];
  });
}

/** From how many lines on they have no heads: those take longer to draw than all else, and are not seen from afar. */
const MANY = 500;
const ARROW = { color: colour("fg.subtle"), height: 14, type: MarkerType.ArrowClosed, width: 14 } as const;

export function lines(graph: Graph, places: Places, look: Look): Line[] {
  const drawn = graph.edges.filter(([from, to]) => places.has(from) && places.has(to));
  const bright = emphasised(look.emphasis);
  const steps = new Set((look.emphasis.path ?? []).flatMap((id, place, path) => [`${id}\n${path[place + 1] ?? ""}`, `${path[place + 1] ?? ""}\n${id}`]));
  const plain = drawn.map(([from, to]): Line => {
    const onPath = steps.has(`${from}\n${to}`);
    const near = bright === undefined && (from === look.selected || to === look.selected);
    return {
      data: { look: onPath ? "failed" : near ? "lit" : bright === undefined ? "plain" : "dimmed" },
      focusable: false,
      id: `${from}\n${to}`,
      markerEnd: drawn.length < MANY ? ARROW : undefined,
      source: from,
      target: to,
      type: "line",
    };
  });
  return [...plain, ...columnLines(places, look)];
}

function columnLines(places: Places, { emphasis: { lit }, rows }: Look): Line[] {
  return (lit?.flows ?? []).flatMap(({ from, to }): Line[] => {
    const [source, target] = [places.get(from.node), places.get(to.node)];
    if (source === undefined || target === undefined) {
      return [];
    }
    return [
      {
        data: {
          look: "lit",
          sourceY: source.y + offset(rows.get(from.node) ?? NO_ROWS, from.column),
          targetY: target.y + offset(rows.get(to.node) ?? NO_ROWS, to.column),
        },
        focusable: false,
        id: [from.node, from.column, to.node, to.column].join("\n"),
        source: from.node,
        target: to.node,
        type: "line",
      },
    ];
  });
}
