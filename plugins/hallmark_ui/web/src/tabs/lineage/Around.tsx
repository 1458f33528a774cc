/** The graph of a Dag's tasks, or of one, with what they read and write. */
import { Box, Flex, HStack, Text } from "@chakra-ui/react";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import { at } from "@/app/paths";
import { EmptyState, ErrorState, Link, Loading } from "@/components";
import { Canvas } from "@/graph/Canvas";
import { allRows, type Look } from "@/graph/drawing";
import { pagesOf } from "@/graph/links";
import { graphOf, isJob, merged, type Graph, type GraphNode, type Told } from "@/graph/model";

/** Tasks that are drawn at most: a larger Dag is looked at on the page. */
const MOST = 40;
const NONE: ReadonlyMap<string, string | undefined> = new Map();
const NO_NAMES: ReadonlySet<string> = new Set();
const NONE_OPENED: ReadonlyMap<string, number> = new Map();

type Props = {
  readonly dag: string;
  /** How the tasks went in this run: of a task that is left out the latest is told. */
  readonly states?: ReadonlyMap<string, string | undefined>;
  readonly task?: string;
  /** Versions that were read and written, by node. */
  readonly versions?: ReadonlyMap<string, string | undefined>;
};

const all = (results: UseQueryResult<Told, unknown>[]) => ({
  answers: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  error: results.find(({ error }) => error instanceof Error)?.error,
  waiting: results.some(({ isPending }) => isPending),
});

/** The jobs and what they touch themselves, no further. */
function touching(graph: Graph, jobs: ReadonlySet<string>): Graph {
  const edges = graph.edges.filter(([from, to]) => jobs.has(from) || jobs.has(to));
  const near = new Set([...jobs, ...edges.flat()]);
  return { ...graph, edges, nodes: new Map([...graph.nodes].filter(([id]) => near.has(id))) };
}

/** A graph with what is known of one run. */
function told(graph: Graph, states: NonNullable<Props["states"]>, versions: NonNullable<Props["versions"]>): Graph {
  const nodes = [...graph.nodes].map(([id, node]): [string, GraphNode] => {
    const version = versions.get(id);
    if (!isJob(node)) {
      // What a dataset's gate says today is not what it said in that run.
      return [id, states === NONE ? node : { ...node, failed: false, state: undefined, version }];
    }
    const state = node.task === undefined ? undefined : states.get(node.task);
    return [id, state === undefined ? node : { ...node, failed: state === "FAIL" || state === "UNMET", state }];
  });
  return { ...graph, nodes: new Map(nodes) };
}

function useAround(dag: string, task: string | undefined) {
  const name = task === undefined ? `${dag}.` : `${dag}.${task}`;
  const search = api.useQuery("get", "/api/v1/search", { params: { query: { filter: "JOB", limit: MOST, q: name } } });
  const jobs = (search.data?.results ?? []).filter((each) => (task === undefined ? each.name.startsWith(name) : each.name === name)).map(({ nodeId }) => nodeId);
  const lineages = useQueries({
    combine: all,
    queries: jobs.map((nodeId) => api.queryOptions("get", "/api/v1/graph", { params: { query: { down: 1, node: nodeId, up: 1 } } })),
  });
  return { ...lineages, error: search.error ?? lineages.error, jobs, waiting: search.isPending || lineages.waiting };
}

const Foot = ({ node }: { readonly node: GraphNode }) => (
  <HStack flexWrap="wrap" fontSize="sm" gap={4} mt={2}>
    <Text fontWeight="bold">{node.label}</Text>
    {pagesOf(node).map(({ label, to }) => (
      <Link key={label} to={to}>
        {label}
      </Link>
    ))}
    <Link to={at.lineage(node.id)}>Open Lineage</Link>
  </HStack>
);

export const Around = ({ dag, states = NONE, task, versions = NONE }: Props) => {
  const { answers, error, jobs, waiting } = useAround(dag, task);
  const [selected, setSelected] = useState<string>();
  const [first] = jobs;
  const key = jobs.join("\n");
  const graph = useMemo(
    () => told(touching(merged(answers.map(graphOf)), new Set(key.split("\n"))), states, versions),
    [answers, key, states, versions],
  );
  const look = useMemo<Look>(
    () => ({
      emphasis: {},
      foldOf: () => "none",
      found: NO_NAMES,
      rows: allRows(graph, false, undefined, NONE_OPENED),
      selected,
      start: task === undefined ? undefined : first,
    }),
    [graph, first, selected, task],
  );
  const actions = useMemo(() => ({ onColumn: () => undefined, onColumns: () => undefined, onSelect: setSelected }), []);
  if (error instanceof Error) {
    return <ErrorState error={error} />;
  }
  if (waiting) {
    return <Loading />;
  }
  if (graph.edges.length === 0) {
    return <EmptyState title="No lineage yet">It appears when a task has run that told what it reads and writes.</EmptyState>;
  }
  const chosen = graph.nodes.get(selected ?? look.start ?? "");
  return (
    <Flex direction="column">
      <Box borderColor="border" borderRadius={5} borderWidth={1} height="460px" overflow="hidden">
        <Canvas actions={actions} graph={graph} label={`Lineage of ${task ?? dag}`} look={look} map={false} />
      </Box>
      {chosen === undefined ? (
        <Text color="fg.muted" fontSize="sm" mt={2}>
          Choose a node to open it.
        </Text>
      ) : (
        <Foot node={chosen} />
      )}
    </Flex>
  );
};
