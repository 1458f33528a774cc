/** Receipts: filters of an address, the story of a version, messages that can be read. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Chain, Link } from "@/pages/receipt/body";
import { partsOf } from "@/pages/receipt/message";
import { Story } from "@/pages/receipt/Story";
import { branchesOf, nameOf, partitionsOf, taskOf } from "@/pages/receipt/tree";
import { exportOf, filtered } from "@/pages/receipts/filtered";
import { hosted } from "./hosted";

const link = (id: string, inputs: readonly string[], more: Partial<Link> = {}): Link => ({
  dataset: id, id, inputs, job: "flights.stage", kind: "dataset", partitions: [], principal: "ada", receipts: [`receipt of ${id}`], runs: ["2013-01"], versions: ["1"], ...more,
});
const SOURCE = link("dataset:file:/feed/a.csv", [], { job: null, kind: "file", receipts: [], runs: [], versions: ["a07b68f99d5c0e5f7be5a5d6f1f0a2d4"] });
const CHAIN: Chain = {
  dataset: "top", links: [link("top", ["left", "right"], { suite: { failed: 1, name: "s", passed: 4, verdict: "warned" } }), link("left", [SOURCE.id]), link("right", ["left"]), SOURCE],
  starts: ["top"], truncated: false, version: "1",
};

const drawn = (chain: Chain) => {
  vi.stubGlobal("fetch", (request: Request) =>
    Promise.resolve(Response.json(request.url.endsWith("/facets") ? { dags: [{ count: 1, value: "flights" }] } : chain)),
  );
  hosted(<QueryClientProvider client={new QueryClient()}><Story receipt="r" /></QueryClientProvider>);
};

test("filters of the address may repeat, a day is whole, and the file has the same filters as the list", () => {
  const wanted = filtered(new URLSearchParams("state=failed&state=refused&since=2026-01-31&until=2026-01-31&dataset=&other=x"));
  expect(wanted).toEqual({ since: "2026-01-31T00:00:00Z", state: ["failed", "refused"], until: "2026-01-31T23:59:59.999999Z" });
  expect(exportOf({ dataset: ["a/b"], state: ["failed", "refused"] }, "asc", "csv")).toBe(
    "hallmark/api/v1/receipts/export?format=csv&order=asc&dataset=a%2Fb&state=failed&state=refused",
  );
});

test("what came up before in a chain is not drawn again", () => {
  const [top] = branchesOf(CHAIN);
  expect(top?.branches.map((each) => [each.link.id, each.again])).toEqual([["left", false], ["right", false]]);
  expect(top?.branches[1]?.branches).toMatchObject([{ again: true, branches: [] }]);
});

test("names are for the eye, and a job belongs to the longest Dag that is known", () => {
  expect(nameOf(SOURCE)).toBe("/feed/a.csv@a07b68f99d");
  expect(partitionsOf(link("x", [], { partitions: ["2013-02", "2013-01"] }))).toBe("2 partitions 2013-01 … 2013-02");
  expect(taskOf("a.b.load.x", ["a", "a.b"])).toEqual(["a.b", "load.x"]);
  expect(taskOf("other.load", ["a"])).toBeUndefined();
});

test("the story leads to each version, its run and its receipt, and folds away", async () => {
  drawn(CHAIN);
  expect(await screen.findByText("made in 3 steps from 1 source")).toBeDefined();
  expect(screen.getByText("Warned")).toBeDefined();
  expect((await screen.findAllByRole("link", { name: "flights.stage" }))[0]?.getAttribute("href")).toBe("/dags/flights/runs/2013-01/tasks/stage");
  expect(screen.getAllByRole("link", { name: "receipt" })[1]?.getAttribute("href")).toBe("/plugin/hallmark/receipts/receipt%20of%20left");
  await userEvent.click(screen.getByRole("button", { name: "What top@1 was made from" }));
  expect(screen.queryByText("left@1")).toBeNull();
});

test("of a step that may not be seen only its name is told", async () => {
  drawn({ ...CHAIN, links: [link("top", [], { hidden: true, job: null, principal: null, receipts: [], runs: [] })] });
  expect(await screen.findByText("Made by a Dag that you may not read.")).toBeDefined();
  expect(screen.queryByText("source")).toBeNull();
});

test("a message is told in parts, and names of columns stay as they are", () => {
  expect(partsOf("stage load of dataset a/b: the gate refused it; amount: expect_x: 3 unexpected; mend the source")).toEqual([
    "The gate refused it",
    "amount: expect_x: 3 unexpected",
    "Mend the source",
  ]);
  expect(partsOf("ada discarded 3 rows: mended; they come again")).toEqual(["ada discarded 3 rows: mended; they come again"]);
});
