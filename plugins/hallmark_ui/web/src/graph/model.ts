/** The graph as it is drawn: what the API tells of datasets, models, files and jobs, as plain values. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Told = Schemas["LineageGraph"];
type ToldNode = Told["graph"][number];
type Dataset = Schemas["Dataset"];
type Job = Schemas["hallmark_ui__api__marquez__models__Job"];

export type Kind = "dataset" | "model" | "file" | "job" | "task" | "dag";
export type Column = { readonly name: string; readonly type: string | null };
/** What goes into a column: `from` is a dataset without a version. */
export type Flow = { readonly column: string; readonly from: string; readonly source: string };
export type Edge = readonly [string, string];

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
  readonly columns: readonly Column[];
  readonly flows: readonly Flow[];
  readonly dag?: string;
  readonly task?: string;
  /** Of a job's latest run: COMPLETED, FAILED …; of a dataset: PASSED, UNMET, LATE. */
  readonly state?: string;
  readonly failed: boolean;
  readonly error?: string;
  /** Of a job: all it reads and writes, whether that is drawn or not. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
};

export type Graph = {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: readonly Edge[];
  readonly truncated: boolean;
};

export const EMPTY: Graph = { edges: [], nodes: new Map(), truncated: false };

export const datasetId = (id: { readonly namespace: string; readonly name: string }) => `dataset:${id.namespace}:${id.name}`;

const HALLMARK = "hallmark://";
const HARMLESS = ["warn", "warning", "info"];
const BROKEN = ["FAILED", "ABORTED"];

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const ownerOf = (facets: Readonly<Record<string, unknown>>) => text(list(record(facets.ownership).owners)[0]?.name);

const isJob = (node: ToldNode): boolean => node.type === "JOB";

/** The last parts of a path: enough to know a file by. */
const short = (name: string): string => {
  const parts = name.split("/");
  return parts.length > 3 ? `…/${parts.slice(-2).join("/")}` : name;
};

function datasetKind(facets: Readonly<Record<string, unknown>>): Kind {
  const type = text(record(facets.datasetType).datasetType);
  if (type === "MODEL") {
    return "model";
  }
  return type === "FILE" ? "file" : "dataset";
}

function fromDataset(node: ToldNode, data: Dataset): GraphNode {
  const facets = record(data.facets);
  const base = datasetId(data.id);
  const hallmark = text(list(record(facets.symlinks).identifiers).find((each) => text(each.namespace)?.startsWith(HALLMARK))?.name);
  return {
    ...identity(node, base),
    columns: data.fields.map(({ name, type }) => ({ name, type })),
    failed: false,
    flows: (data.columnLineage ?? []).flatMap((column) =>
      column.inputFields.map((input) => ({
        column: column.name,
        from: datasetId({ name: input.dataset, namespace: input.namespace }),
        source: input.field,
      })),
    ),
    hallmark,
    kind: datasetKind(facets),
    label: hallmark ?? short(data.name),
    name: data.name,
    namespace: data.namespace,
    owner: ownerOf(facets),
  };
}

function fromJob(node: ToldNode, data: Job): GraphNode {
  const base = `job:${data.id.namespace}:${data.id.name}`;
  const { at, id } = identity(node, base);
  const run = data.latestRun;
  // What is known of a run is of the latest; in a graph of the past that may be another one.
  const told = run !== null && (at === undefined || at === run.id) ? run : undefined;
  const facets = record(data.facets);
  const airflow = record(facets.jobType).integration === "AIRFLOW";
  const task = data.parentJobName === null ? undefined : data.simpleName;
  return {
    at,
    base,
    columns: [],
    dag: airflow ? (data.parentJobName ?? data.name) : undefined,
    error: text(record(record(told?.facets).errorMessage).message),
    failed: told !== undefined && (BROKEN.includes(told.state) || told.outputDatasetVersions.some((io) => unmet(io.facets) > 0)),
    flows: [],
    id,
    inputs: data.inputs.map(datasetId),
    kind: airflow ? (task === undefined ? "dag" : "task") : "job",
    label: task ?? data.name,
    name: data.name,
    namespace: data.namespace,
    outputs: data.outputs.map(datasetId),
    owner: ownerOf(facets),
    state: told?.state,
    task: airflow ? task : undefined,
  };
}

/** How many assertions did not hold, those left out that only warn. */
export function unmet(facets: unknown): number {
  const told = list(record(record(facets).dataQualityAssertions).assertions);
  return told.filter((each) => each.success === false && !HARMLESS.includes(text(each.severity) ?? "")).length;
}

const identity = (node: ToldNode, base: string): { readonly id: string; readonly base: string; readonly at?: string } => ({
  at: node.id.length > base.length && node.id.startsWith(`${base}@`) ? node.id.slice(base.length + 1) : undefined,
  base,
  id: node.id,
});

/** What is known of nobody but its id. */
const bare = (node: ToldNode): GraphNode => ({
  base: node.id,
  columns: [],
  failed: false,
  flows: [],
  id: node.id,
  kind: isJob(node) ? "job" : "dataset",
  label: short(node.id.split(":").slice(2).join(":")),
  name: node.id,
  namespace: "",
});

function read(node: ToldNode): GraphNode {
  if (node.data === null) {
    return bare(node);
  }
  return isJob(node) ? fromJob(node, node.data as Job) : fromDataset(node, node.data as Dataset);
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
    edges: told.graph.flatMap((node) => node.outEdges.map((edge): Edge => [edge.origin, edge.destination])),
    nodes: new Map(told.graph.map((node) => [node.id, read(node)])),
    truncated: told.truncated,
  };
  known.set(told, graph);
  return graph;
}

/** Several graphs as one. */
export function merged(graphs: readonly Graph[]): Graph {
  const [first, ...others] = graphs;
  if (first === undefined || others.length === 0) {
    return first ?? EMPTY;
  }
  const edges = new Map(graphs.flatMap((graph) => graph.edges).map((edge) => [edge.join("\n"), edge]));
  return {
    edges: [...edges.values()],
    nodes: new Map(graphs.flatMap((graph) => [...graph.nodes])),
    truncated: graphs.some((graph) => graph.truncated),
  };
}
