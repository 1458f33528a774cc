/** The graph as it is drawn: what the API tells of datasets, models, files and jobs, as plain values. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Told = Schemas["GraphView"];
type ToldNode = Schemas["GraphNode"];

export type Kind = "dataset" | "model" | "file" | "job" | "task" | "dag";
export type Column = { readonly name: string; readonly type: string | null };
export type Edge = readonly [string, string];
/** What flows from a column to a column; an influence on all rows has no column to end at. */
export type Flow = { readonly from: string; readonly job: string; readonly source: string; readonly target: string; readonly to: string };

export type GraphNode = {
  readonly id: string;
  /** Its id without the version or the run that stands behind it in a graph of the past. */
  readonly base: string;
  /** That version or run. */
  readonly at?: string;
  readonly kind: Kind;
  readonly label: string;
  readonly name: string;
  readonly namespace: string;
  /** Hallmark's name of a dataset or model. */
  readonly hallmark?: string;
  readonly owner?: string;
  readonly version?: string;
  /** Undefined where they were not asked for. */
  readonly columns?: readonly Column[];
  readonly dag?: string;
  readonly task?: string;
  /** Of a job's latest run: COMPLETE, FAIL …; of a dataset or model: PASSED, UNMET, LATE. */
  readonly state?: string;
  readonly failed: boolean;
  readonly error?: string;
  /** How many neighbours there are on a side, drawn or not; undefined in a graph of the past. */
  readonly up?: number;
  readonly down?: number;
  /** Made by a Dag that the user may not read. */
  readonly hidden: boolean;
};

export type Graph = {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: readonly Edge[];
  readonly flows: readonly Flow[];
  readonly truncated: boolean;
};

export const EMPTY: Graph = { edges: [], flows: [], nodes: new Map(), truncated: false };

export const isJob = ({ kind }: GraphNode): boolean => kind === "job" || kind === "task" || kind === "dag";

const BROKEN = ["FAIL", "ABORT"];

/** The last parts of a path: enough to know a file by. */
const short = (name: string): string => {
  const parts = name.split("/");
  return parts.length > 3 ? `…/${parts.slice(-2).join("/")}` : name;
};

const KINDS: Readonly<Record<string, Kind>> = { DAG: "dag", FILE: "file", MODEL: "model", TASK: "task" };

const kindOf = ({ dag_id, kind, task_id, type }: ToldNode): Kind =>
  (kind === "job" && dag_id ? (task_id ? "task" : "dag") : KINDS[type ?? ""]) ?? kind;

/** What was found when it was last checked; in a graph of the past that is not known. */
function standing({ at, gate_success: held, stale }: ToldNode): string | undefined {
  if (at !== null) {
    return undefined;
  }
  return held === false ? "UNMET" : stale === true ? "LATE" : held === true ? "PASSED" : undefined;
}

function read(node: ToldNode): GraphNode {
  const job = node.kind === "job";
  const state = job ? (node.state ?? undefined) : standing(node);
  return {
    at: node.at ?? undefined,
    base: node.base,
    columns: node.columns ?? undefined,
    dag: job ? (node.dag_id ?? undefined) : undefined,
    down: node.down ?? undefined,
    error: node.error ?? undefined,
    failed: job ? BROKEN.includes(node.state ?? "") || node.failed > 0 : state === "UNMET",
    hallmark: node.hallmark ?? undefined,
    hidden: node.hidden,
    id: node.id,
    kind: kindOf(node),
    label: node.hallmark ?? (job ? (node.task_id ?? node.name) : short(node.name)),
    name: node.name,
    namespace: node.namespace,
    owner: node.owner ?? undefined,
    state: job && node.failed > 0 && state === "COMPLETE" ? "UNMET" : state,
    task: job ? (node.task_id ?? undefined) : undefined,
    up: node.up ?? undefined,
    version: node.version ?? undefined,
  };
}

// An answer stays the same object as long as it is kept: it is read once.
const known = new WeakMap<Told, Graph>();

/** The graph of an answer. */
export function graphOf(told: Told): Graph {
  const before = known.get(told);
  if (before !== undefined) {
    return before;
  }
  const graph: Graph = {
    edges: told.edges.map((edge): Edge => [edge.source, edge.target]),
    flows: told.column_edges.map((edge) => ({
      from: edge.source,
      job: edge.job,
      source: edge.source_column,
      target: edge.target_column,
      to: edge.target,
    })),
    nodes: new Map(told.nodes.map((node) => [node.id, read(node)])),
    truncated: told.truncated,
  };
  known.set(told, graph);
  return graph;
}

const distinct = <Value>(values: readonly Value[], key: (value: Value) => string): readonly Value[] => [
  ...new Map(values.map((value) => [key(value), value])).values(),
];

/** Several graphs as one; the first to tell of a node is believed. */
export function merged(graphs: readonly Graph[]): Graph {
  const [first, ...others] = graphs;
  if (first === undefined || others.length === 0) {
    return first ?? EMPTY;
  }
  return {
    edges: distinct(graphs.flatMap(({ edges }) => edges), (edge) => edge.join("\n")),
    flows: distinct(graphs.flatMap(({ flows }) => flows), (flow) => [flow.from, flow.source, flow.job, flow.to, flow.target].join("\n")),
    nodes: new Map([...graphs].reverse().flatMap(({ nodes }) => [...nodes])),
    truncated: graphs.some(({ truncated }) => truncated),
  };
}
