/** Ways through a graph: who is near, what is shown, what lies between. */
import type { Edge, Graph, GraphNode } from "./model";

export type Way = "up" | "down";
export type Near = { readonly up: ReadonlyMap<string, readonly string[]>; readonly down: ReadonlyMap<string, readonly string[]> };

export const WAYS: readonly Way[] = ["up", "down"];
export const mark = (id: string, way: Way): string => `${way}:${id}`;

/** The neighbours of every node. */
export function near(edges: readonly Edge[]): Near {
  const up = new Map<string, string[]>();
  const down = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, from: string, to: string) => {
    const there = map.get(from);
    if (there === undefined) {
      map.set(from, [to]);
    } else {
      there.push(to);
    }
  };
  edges.forEach(([from, to]) => {
    add(down, from, to);
    add(up, to, from);
  });
  return { down, up };
}

/** All that is reached from some nodes in one direction, themselves included. */
export function reached(starts: readonly string[], steps: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set(starts);
  const waiting = [...starts];
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    (steps.get(here) ?? []).filter((there) => !seen.has(there)).forEach((there) => {
      seen.add(there);
      waiting.push(there);
    });
  }
  return seen;
}

/** What is left when some nodes are folded in a direction: what is no longer connected with the start goes. */
export function shown(graph: Graph, start: string, folded: ReadonlySet<string>): Graph {
  if (folded.size === 0 || !graph.nodes.has(start)) {
    return graph;
  }
  const edges = graph.edges.filter(([from, to]) => !folded.has(mark(from, "down")) && !folded.has(mark(to, "up")));
  const { down, up } = near(edges);
  const both = new Map([...graph.nodes.keys()].map((id) => [id, [...(up.get(id) ?? []), ...(down.get(id) ?? [])]]));
  const left = reached([start], both);
  return {
    ...graph,
    edges: edges.filter(([from, to]) => left.has(from) && left.has(to)),
    nodes: new Map([...graph.nodes].filter(([id]) => left.has(id))),
  };
}

export type Fold = "more" | "less" | "none";

/** Whether a node can be unfolded or folded in a direction: it tells how many neighbours there are, drawn or not. */
export function fold(node: GraphNode, way: Way, drawn: number, wasFolded: boolean): Fold {
  if (wasFolded || (node[way] ?? 0) > drawn) {
    return "more";
  }
  return drawn > 0 ? "less" : "none";
}

/** The node to go to with an arrow key: the nearest one that lies there. */
export function beside(
  from: { readonly x: number; readonly y: number },
  places: Iterable<readonly [string, { readonly x: number; readonly y: number }]>,
  key: string,
): string | undefined {
  const across = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const scored = [...places].flatMap(([id, place]) => {
    const along = (across ? place.x - from.x : place.y - from.y) * sign;
    const aside = Math.abs(across ? place.y - from.y : place.x - from.x);
    return along > 1 ? [{ id, score: along + 2 * aside }] : [];
  });
  return scored.sort((one, other) => one.score - other.score)[0]?.id;
}
