/** The layers of a graph, counted where no page waits for it. */
import { Graph, layout } from "@dagrejs/dagre";
import { layered } from "./layers";

export type Sized = { readonly id: string; readonly width: number; readonly height: number };
export type Placed = Sized & { readonly x: number; readonly y: number };
type Question = {
  readonly edges: readonly (readonly [string, string])[];
  readonly id: number;
  readonly nodes: readonly Sized[];
};

/** From how many nodes on the best ranks would take minutes, and from how many on any but columns takes seconds. */
const [MANY, TOO_MANY] = [150, 400];

/** Corners of the nodes, top left, as the drawing takes them. */
export function place(nodes: readonly Sized[], edges: Question["edges"]): readonly Placed[] {
  if (nodes.length > TOO_MANY) {
    return layered(nodes, edges);
  }
  const graph = new Graph();
  graph.setGraph({ nodesep: 20, rankdir: "LR", ranker: nodes.length < MANY ? "network-simplex" : "tight-tree", ranksep: 60 });
  nodes.forEach((node) => graph.setNode(node.id, { height: node.height, width: node.width }));
  edges.forEach(([from, to]) => graph.setEdge(from, to, {}));
  layout(graph);
  return nodes.map((node) => {
    const { x, y } = graph.node(node.id) as { x: number; y: number };
    return { ...node, x: x - node.width / 2, y: y - node.height / 2 };
  });
}

globalThis.onmessage = ({ data }: MessageEvent<Question>) => {
  globalThis.postMessage({ id: data.id, placed: place(data.nodes, data.edges) });
};
