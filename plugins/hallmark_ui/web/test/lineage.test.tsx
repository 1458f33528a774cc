/** The lineage page: what is read of an answer, what is shown and lit, what is said of causes and impact. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { flowsOf, litBy } from "@/graph/columns";
import { graphOf, merged, type Graph, type Told } from "@/graph/model";
import { rowsOf } from "@/graph/sizes";
import { beside, fold, mark, shown, within, near } from "@/graph/walk";
import { Cause } from "@/pages/lineage/Cause";
import { Choose } from "@/pages/lineage/Choose";
import { Impact } from "@/pages/lineage/Impact";
import { hosted } from "./hosted";

afterEach(() => {
  vi.unstubAllGlobals();
});

const field = (name: string) => ({ description: null, name, tags: [], type: "BIGINT" });
const dataset = (name: string, columns: readonly string[], from: Readonly<Record<string, readonly [string, string][]>> = {}) => ({
  columnLineage: Object.entries(from).map(([column, inputs]) => ({
    inputFields: inputs.map(([source, each]) => ({ dataset: `/lake/${source}`, field: each, namespace: "file" })),
    name: column,
  })),
  facets: { ownership: { owners: [{ name: "sales" }] }, symlinks: { identifiers: [{ name, namespace: "hallmark://test", type: "TABLE" }] } },
  fields: columns.map(field),
  id: { name: `/lake/${name}`, namespace: "file" },
  name: `/lake/${name}`,
  namespace: "file",
});
const job = (task: string, inputs: readonly string[], outputs: readonly string[], state: string) => ({
  facets: { jobType: { integration: "AIRFLOW" } },
  id: { name: `shop.${task}`, namespace: "test" },
  inputs: inputs.map((name) => ({ name: `/lake/${name}`, namespace: "file" })),
  latestRun: { facets: { errorMessage: { message: "no such file" } }, id: "run-1", outputDatasetVersions: [], state },
  name: `shop.${task}`,
  namespace: "test",
  outputs: outputs.map((name) => ({ name: `/lake/${name}`, namespace: "file" })),
  parentJobName: "shop",
  simpleName: task,
});
const of = (name: string) => `dataset:file:/lake/${name}`;
const by = (task: string) => `job:test:shop.${task}`;
const node = (id: string, data: unknown, to: readonly string[]) => ({
  data,
  id,
  inEdges: [],
  outEdges: to.map((destination) => ({ destination, origin: id })),
  type: id.startsWith("job:") ? "JOB" : "DATASET",
});

// raw -> clean -> orders -> report -> sums; returns is read too, and not drawn.
const told = {
  graph: [
    node(of("raw"), dataset("raw", ["id", "price"]), [by("clean")]),
    node(by("clean"), job("clean", ["raw", "returns"], ["orders"], "FAILED"), [of("orders")]),
    node(of("orders"), dataset("orders", ["id", "net"], { id: [["raw", "id"]], net: [["raw", "price"]] }), [by("report")]),
    node(by("report"), job("report", ["orders"], ["sums"], "COMPLETED"), [of("sums")]),
    node(of("sums"), dataset("sums", ["total"], { total: [["orders", "net"]] }), []),
  ],
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
  expect(get(by("report")).failed).toBe(false);
});

test("in a graph of the past a node has its version, and no state of a later run", () => {
  const past = graphOf({ ...told, graph: [node(`${by("clean")}@run-0`, job("clean", [], [], "FAILED"), [])] } as unknown as Told);
  expect([...past.nodes.values()][0]).toMatchObject({ at: "run-0", base: by("clean"), failed: false, state: undefined });
});

test("a chosen column lights what goes into it and what it goes into, with the tasks between", () => {
  const lit = litBy(graph, flowsOf(graph), { column: "net", node: of("orders") });
  expect(Object.fromEntries([...lit.columns].map(([id, columns]) => [id, [...columns]]))).toEqual({
    [of("orders")]: ["net"],
    [of("raw")]: ["price"],
    [of("sums")]: ["total"],
  });
  expect(lit.nodes.has(by("clean")) && lit.nodes.has(by("report"))).toBe(true);
  expect(litBy(graph, flowsOf(graph), { column: "id", node: of("raw") }).nodes.has(of("sums"))).toBe(false);
});

test("what is folded away is gone with all that only led there", () => {
  const left = shown(graph, of("raw"), new Set([mark(of("orders"), "down")]));
  expect([...left.nodes.keys()]).toEqual([of("raw"), by("clean"), of("orders")]);
  expect([...shown(graph, of("sums"), new Set([mark(by("report"), "up")])).nodes.keys()]).toEqual([by("report"), of("sums")]);
});

test("a task says that it reads more than is drawn, a dataset only once it was asked", () => {
  expect(fold(get(by("clean")), "up", 1, false, false)).toBe("more");
  expect(fold(get(by("report")), "up", 1, false, false)).toBe("less");
  expect(fold(get(of("sums")), "down", 0, false, false)).toBe("more");
  expect(fold(get(of("sums")), "down", 0, true, false)).toBe("none");
  expect(fold(get(of("raw")), "down", 1, false, false)).toBe("maybe");
  expect([...within(of("raw"), near(graph.edges).down, 2)]).toEqual([of("raw"), by("clean")]);
});

test("graphs become one without doubling what both have", () => {
  const other: Graph = { edges: [[of("raw"), by("clean")], [of("returns"), by("clean")]], nodes: new Map([[of("raw"), get(of("raw"))]]), truncated: true };
  const both = merged([graph, other]);
  expect([both.nodes.size, both.edges.length, both.truncated]).toEqual([5, 5, true]);
});

test("a long table shows its first columns, or those that are lit", () => {
  const long = { ...get(of("raw")), columns: Array.from({ length: 30 }, (_, place) => ({ name: `c${place}`, type: null })) };
  expect(rowsOf(long, undefined, false)).toMatchObject({ more: 22 });
  expect(rowsOf(long, new Set(["c29"]), false).columns.map(({ name }) => name)).toEqual(["c29"]);
  expect(rowsOf(long, undefined, true).more).toBe(0);
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
  asked(<Choose onSearch={vi.fn()} search="clean" />, () => ({ results, totalCount: 1 }));
  const link = await screen.findByRole("link", { name: "shop.clean" });
  expect(link.getAttribute("href")).toBe(`/plugin/hallmark/lineage?${new URLSearchParams({ node: by("clean") }).toString()}`);
});
