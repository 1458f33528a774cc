/** The lineage page: what is read of an answer, what is shown and lit, what is said of causes and impact. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { flowsOf, litBy, sourcesOf } from "@/graph/columns";
import { graphOf, merged, type Graph, type Told } from "@/graph/model";
import { rowsOf } from "@/graph/sizes";
import { beside, fold, mark, shown } from "@/graph/walk";
import { Cause } from "@/pages/lineage/Cause";
import { Choose, namedRows } from "@/pages/lineage/Choose";
import { Impact } from "@/pages/lineage/Impact";
import { hosted } from "./hosted";

afterEach(() => {
  vi.unstubAllGlobals();
});

const of = (name: string) => `dataset:file:/lake/${name}`;
const by = (task: string) => `job:test:shop.${task}`;
const column = (name: string) => ({ name, type: "BIGINT" });
const dataset = (name: string, columns: readonly string[], changed: object = {}) => ({
  at: null, base: of(name), columns: columns.map(column), down: 1, failed: 0, hallmark: name, hidden: false, id: of(name), kind: "dataset",
  name: `/lake/${name}`, namespace: "file", owner: "sales", type: "TABLE", up: 1, ...changed,
});
const job = (task: string, state: string, changed: object = {}) => ({
  at: null, base: by(task), dag_id: "shop", down: 1, failed: 0, hallmark: null, hidden: false, id: by(task), kind: "job",
  name: `shop.${task}`, namespace: "test", state, task_id: task, type: "TASK", up: 1, ...changed,
});
const edge = (source: string, target: string) => ({ source, target });
const flow = (source: string, from: string, task: string, target: string, to: string) => ({
  job: by(task), masking: false, source: of(source), source_column: from, subtype: "", target: of(target), target_column: to, type: "DIRECT",
});

// raw -> clean -> orders -> report -> sums; returns is read too, and not drawn.
const told = {
  column_edges: [
    flow("raw", "id", "clean", "orders", "id"),
    flow("raw", "price", "clean", "orders", "net"),
    flow("orders", "net", "report", "sums", "total"),
    flow("orders", "id", "report", "sums", ""),
  ],
  edges: [edge(of("raw"), by("clean")), edge(by("clean"), of("orders")), edge(of("orders"), by("report")), edge(by("report"), of("sums"))],
  nodes: [
    dataset("raw", ["id", "price"], { gate_success: false, up: 0 }),
    job("clean", "FAIL", { error: "no such file", up: 2 }),
    dataset("orders", ["id", "net"], { gate_success: true, stale: true }),
    job("report", "COMPLETE", { failed: 2 }),
    dataset("sums", ["total"], { down: 3 }),
  ],
  start: of("raw"),
  truncated: false,
} as unknown as Told;
const graph = graphOf(told);
const get = (id: string) => {
  const found = graph.nodes.get(id);
  if (found === undefined) {
    throw new Error(id);
  }
  return found;
};

test("a node is called as Hallmark calls it, and a task by its name in the Dag", () => {
  expect(get(of("raw"))).toMatchObject({ hallmark: "raw", kind: "dataset", label: "raw", owner: "sales" });
  expect(get(by("clean"))).toMatchObject({ dag: "shop", error: "no such file", failed: true, kind: "task", label: "clean", task: "clean" });
  expect(get(of("sums"))).toMatchObject({ failed: false, state: undefined });
});

test("a failed gate is told of what it kept, and of the task whose output did not meet it", () => {
  expect(get(of("raw"))).toMatchObject({ failed: true, state: "UNMET" });
  expect(get(by("report"))).toMatchObject({ failed: true, state: "UNMET" });
  expect(get(of("orders"))).toMatchObject({ failed: false, state: "LATE" });
});

test("in a graph of the past a node has its version, and no state of a later run", () => {
  const past = graphOf({ ...told, nodes: [dataset("raw", [], { at: "7", gate_success: false, id: `${of("raw")}@7`, up: null })] } as unknown as Told);
  expect([...past.nodes.values()][0]).toMatchObject({ at: "7", base: of("raw"), failed: false, state: undefined, up: undefined });
});

test("a chosen column lights what goes into it and what it goes into, with the tasks between", () => {
  const lit = litBy(flowsOf(graph), { column: "net", node: of("orders") });
  expect(Object.fromEntries([...lit.columns].map(([id, columns]) => [id, [...columns]]))).toEqual({
    [of("orders")]: ["net"],
    [of("raw")]: ["price"],
    [of("sums")]: ["total"],
  });
  expect(lit.nodes.has(by("clean")) && lit.nodes.has(by("report"))).toBe(true);
  expect(litBy(flowsOf(graph), { column: "id", node: of("raw") }).nodes.has(of("sums"))).toBe(false);
});

test("where a column comes from is told step by step, the nearest first", () => {
  const found = sourcesOf(flowsOf(graph), { column: "total", node: of("sums") });
  expect(found.map(({ distance, point: { column, node } }) => [distance, node, column])).toEqual([[1, of("orders"), "net"], [2, of("raw"), "price"]]);
});

test("what is folded away is gone with all that only led there", () => {
  const left = shown(graph, of("raw"), new Set([mark(of("orders"), "down")]));
  expect([...left.nodes.keys()]).toEqual([of("raw"), by("clean"), of("orders")]);
  expect([...shown(graph, of("sums"), new Set([mark(by("report"), "up")])).nodes.keys()]).toEqual([by("report"), of("sums")]);
});

test("a node can be unfolded while it has more neighbours than are drawn", () => {
  expect(fold(get(by("clean")), "up", 1, false)).toBe("more");
  expect(fold(get(by("report")), "up", 1, false)).toBe("less");
  expect(fold(get(by("report")), "up", 1, true)).toBe("more");
  expect(fold(get(of("raw")), "up", 0, false)).toBe("none");
});

test("graphs become one without doubling what both have", () => {
  const other: Graph = { flows: graph.flows, edges: [[of("raw"), by("clean")], [of("returns"), by("clean")]], nodes: new Map([[of("raw"), get(of("raw"))]]), truncated: true };
  const both = merged([graph, other]);
  expect([both.nodes.size, both.edges.length, both.flows.length, both.truncated]).toEqual([5, 5, 4, true]);
});

test("a long table shows its first columns, or those that are lit", () => {
  const long = { ...get(of("raw")), columns: Array.from({ length: 30 }, (_, place) => ({ name: `c${place}`, type: null })) };
  expect(rowsOf(long, undefined)).toMatchObject({ more: 22 });
  expect(rowsOf(long, new Set(["c29"])).columns.map(({ name }) => name)).toEqual(["c29"]);
  expect(rowsOf(long, new Set(["c29"]), 20)).toMatchObject({ columns: { length: 21 }, more: 9 });
  expect(rowsOf(long, undefined, 58).more).toBe(0);
});

test("an arrow key goes to the nearest node on that side", () => {
  const places = [["a", { x: 0, y: 0 }], ["b", { x: 300, y: 10 }], ["c", { x: 300, y: 200 }], ["d", { x: 600, y: 0 }]] as const;
  expect(beside({ x: 0, y: 0 }, places, "ArrowRight")).toBe("b");
  expect(beside({ x: 300, y: 10 }, places, "ArrowDown")).toBe("c");
  expect(beside({ x: 0, y: 0 }, places, "ArrowLeft")).toBeUndefined();
});

const known = (id: string, name: string, owner: string | null) => ({ hallmark: name, id, kind: "dataset" as const, name, owner, type: "TABLE" });

test("a root cause tells the run's error and the checks that did not hold, and leads to the task", async () => {
  const onSelect = vi.fn();
  const cause = {
    assertions: [{ actual: "3", assertion: "expect_column_values_to_not_be_null", column: "id", dataset: of("raw"), description: null, expected: null, severity: "error" }],
    at: "2026-11-23T06:00:00Z",
    error: "no such file",
    job: { ...known(by("clean"), "shop.clean", "sales"), kind: "job" as const },
    path: [],
  };
  hosted(<Cause cause={cause} onSelect={onSelect} />);
  expect(screen.getByText("no such file")).toBeDefined();
  expect(screen.getByText(/expect_column_values_to_not_be_null/)).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "shop.clean" }));
  expect(onSelect).toHaveBeenCalledWith(by("clean"));
});

test("without a failure upstream it says that all is well", () => {
  hosted(<Cause cause={null} onSelect={vi.fn()} />);
  expect(screen.getByText("Nothing upstream has failed")).toBeDefined();
});

const asked = (children: ReactNode, answer: (url: string) => unknown) => {
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(Response.json(answer(request.url))));
  return hosted(<QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>);
};

test("the impact of a column names what depends on it and who is to be told", async () => {
  const answer = {
    columns: [{ column: "total", dataset: of("sums"), distance: 1, how: "direct" }, { column: "", dataset: of("sums"), distance: 1, how: "indirect" }],
    datasets: [{ distance: 1, how: "direct", node: known(of("sums"), "sums", "finance") }],
    jobs: [],
    models: [],
    owners: { finance: 1 },
    truncated: false,
  };
  asked(<Impact column="net" node={of("orders")} onSelect={vi.fn()} />, () => answer);
  expect(await screen.findByText("To be told: finance (1)")).toBeDefined();
  expect(screen.getByText("1 Dataset")).toBeDefined();
  expect(screen.getByText("total, all rows")).toBeDefined();
});

test("what is found by a part of its name leads to its lineage", async () => {
  const results = [{ name: "shop.clean", namespace: "test", nodeId: by("clean"), type: "JOB", updatedAt: null }];
  asked(<Choose onSearch={vi.fn()} search="clean" />, (url) => (url.includes("/search") ? { results, totalCount: 1 } : { items: [], more: false, total: 0 }));
  const link = await screen.findByRole("link", { name: "shop.clean" });
  expect(link.getAttribute("href")).toBe(`/plugin/hallmark/lineage?${new URLSearchParams({ node: by("clean") }).toString()}`);
});

test("what Hallmark has a name for is called by it, the physical name beside it, and stands first", () => {
  const found = (name: string, namespace = "file") => ({ name, namespace, nodeId: `dataset:${namespace}:${name}`, type: "DATASET" as const, updatedAt: null });
  const rows = namedRows([found("/feed/raw.csv"), found("/lake/shop/raw"), found("churn", "mlflow:x")], ["raw", "shop/raw"], ["churn"]);
  expect(rows.map(({ kind, name, physical }) => [kind, name, physical])).toEqual([
    ["dataset", "shop/raw", "/lake/shop/raw"],
    ["model", "churn", undefined],
    ["dataset", "/feed/raw.csv", undefined],
  ]);
});
