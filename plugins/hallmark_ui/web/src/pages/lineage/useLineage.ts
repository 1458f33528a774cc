/** The graph around a node, with what was unfolded since. */
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { api } from "@/api/client";
import { graphOf, merged, type Graph, type GraphNode, type Told } from "@/graph/model";
import { fold, mark, near, shown, type Fold, type Way } from "@/graph/walk";

/** What lies one task away on a side of a node. */
const beyond = (node: string, way: Way, columns: boolean) =>
  api.queryOptions(
    "get",
    "/api/v1/graph",
    { params: { query: { columns, down: Number(way === "down"), node, up: Number(way === "up") } } },
    // Without its columns it stays while they are fetched.
    { placeholderData: (before: Told | undefined) => before },
  );

const answersOf = (results: UseQueryResult<Told, unknown>[]) => results.flatMap(({ data }) => (data === undefined ? [] : [data]));

export type Lineage = {
  readonly graph: Graph;
  readonly foldOf: (node: GraphNode, way: Way) => Fold;
  readonly onFold: (id: string, way: Way, more: boolean) => void;
};

type Asked = { readonly start: string; readonly more: readonly (readonly [string, Way])[]; readonly folded: ReadonlySet<string> };
const fresh = (start: string): Asked => ({ folded: new Set(), more: [], start });

type Around = { readonly columns: boolean; readonly past: boolean; readonly told: Told };

/** What is drawn: an answer, and what was asked for beside it. */
export function useLineage({ columns, past, told }: Around): Lineage {
  const [kept, setAsked] = useState<Asked>(fresh(told.start));
  // Another start is another graph: what was unfolded in the last one is forgotten.
  const asked = kept.start === told.start ? kept : fresh(told.start);
  const answers = useQueries({ combine: answersOf, queries: asked.more.map(([id, way]) => beyond(id, way, columns)) });
  const graph = useMemo(() => shown(merged([told, ...answers].map(graphOf)), told.start, asked.folded), [told, answers, asked]);
  const drawn = useMemo(() => near(graph.edges), [graph]);
  const foldOf = useCallback(
    (node: GraphNode, way: Way): Fold => fold(node, way, drawn[way].get(node.id)?.length ?? 0, asked.folded.has(mark(node.id, way))),
    [drawn, asked],
  );
  const onFold = useCallback(
    (id: string, way: Way, more: boolean) => {
      const folded = new Set(asked.folded);
      if (!more) {
        setAsked({ ...asked, folded: folded.add(mark(id, way)) });
        return;
      }
      folded.delete(mark(id, way));
      // Of the past all is there that will be.
      const has = past || asked.more.some(([each, to]) => each === id && to === way);
      setAsked({ ...asked, folded, more: has ? asked.more : [...asked.more, [id, way]] });
    },
    [asked, past],
  );
  return { foldOf, graph, onFold };
}

/** The node of a name without its version: in a graph of the past it has one behind it. */
export const idOf = (graph: Graph, base: string): string =>
  graph.nodes.has(base) ? base : ([...graph.nodes.values()].find((node) => node.base === base)?.id ?? base);
