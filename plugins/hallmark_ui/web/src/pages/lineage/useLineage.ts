/** The graph around a node, with what was unfolded since, and with what the catalog knows of its datasets and models. */
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { api } from "@/api/client";
import { enriched, useFacts } from "@/graph/facts";
import { graphOf, merged, type Graph, type GraphNode, type Told } from "@/graph/model";
import { fold, mark, near, reached, shown, within, type Fold, type Way } from "@/graph/walk";

/** One side of what lies around a node. */
function side(graph: Graph, id: string, way: Way): Graph {
  const there = reached([id], near(graph.edges)[way]);
  return {
    ...graph,
    edges: graph.edges.filter(([from, to]) => there.has(from) && there.has(to)),
    nodes: new Map([...graph.nodes].filter(([each]) => there.has(each))),
  };
}

const lineage = (nodeId: string, depth: number, asOf?: string) =>
  api.queryOptions("get", "/api/v1/lineage", { params: { query: { as_of: asOf, depth, nodeId } } });

const both = (results: UseQueryResult<Told, unknown>[]) => results.map(({ data }) => data);

export type Lineage = {
  readonly graph: Graph;
  readonly foldOf: (node: GraphNode, way: Way) => Fold;
  readonly onFold: (id: string, way: Way, more: boolean) => void;
};

type Asked = { readonly start: string; readonly more: readonly (readonly [string, Way])[]; readonly folded: ReadonlySet<string> };
const fresh = (start: string): Asked => ({ folded: new Set(), more: [], start });

/** What is drawn around `start`, whose answer is `told`. */
export function useLineage(told: Told, start: string, depth: number, asOf: string | undefined): Lineage {
  const facts = useFacts();
  const key = `${start}@${asOf ?? ""}`;
  const [kept, setAsked] = useState<Asked>(fresh(key));
  // Another start is another graph: what was unfolded in the last one is forgotten.
  const asked = kept.start === key ? kept : fresh(key);
  const ids = [...new Set(asked.more.map(([id]) => id))];
  const answers = useQueries({ combine: both, queries: ids.map((id) => lineage(id, 1)) });

  const graph = useMemo(() => {
    const parts = asked.more.flatMap(([id, way]) => {
      const answer = answers[ids.indexOf(id)];
      return answer === undefined ? [] : [side(graphOf(answer), id, way)];
    });
    const whole = enriched(merged([graphOf(told), ...parts]), facts);
    return shown(whole, idOf(whole, start), asked.folded);
    // The ids follow what was asked for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [told, answers, asked, facts, start]);

  // A graph of so many tasks around its start tells all neighbours but those of its rim.
  const complete = useMemo(() => {
    const around = near(graphOf(told).edges);
    return { down: within(start, around.down, 2 * depth), up: within(start, around.up, 2 * depth) };
  }, [told, start, depth]);
  const drawn = useMemo(() => near(graph.edges), [graph]);
  const foldOf = useCallback(
    (node: GraphNode, way: Way): Fold => {
      const there = drawn[way].get(node.id)?.length ?? 0;
      const wasFolded = asked.folded.has(mark(node.id, way));
      if (asOf !== undefined) {
        return wasFolded ? "more" : there > 0 ? "less" : "none";
      }
      const known = complete[way].has(node.id) || asked.more.some(([id]) => id === node.id);
      return fold(node, way, there, known, wasFolded);
    },
    [drawn, asked, asOf, complete],
  );
  const onFold = useCallback(
    (id: string, way: Way, more: boolean) => {
      setAsked(() => {
        const folded = new Set(asked.folded);
        if (!more) {
          folded.add(mark(id, way));
          return { ...asked, folded };
        }
        folded.delete(mark(id, way));
        const has = asOf !== undefined || asked.more.some(([each, to]) => each === id && to === way);
        return { ...asked, folded, more: has ? asked.more : [...asked.more, [id, way]] };
      });
    },
    [asked, asOf],
  );
  return { foldOf, graph, onFold };
}

/** The node that was asked for: in a graph of the past it has its version behind it. */
export const idOf = (graph: Graph, base: string): string =>
  graph.nodes.has(base) ? base : ([...graph.nodes.values()].find((node) => node.base === base)?.id ?? base);
