/** The page of a dataset: its tabs, its checks over the runs, how its columns moved. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen, within } from "@testing-library/react";
import { Route, Routes } from "react-router-dom";
import { afterEach, expect, test, vi } from "vitest";
import DatasetPage from "@/pages/dataset";
import { hosted } from "./hosted";

afterEach(() => vi.unstubAllGlobals());

const gate = {
  at: "2026-11-27T14:42:55Z", checks_failed: 3, checks_passed: 45, dag_id: "flight_delays", kind: "extract", map_index: -1, message: "",
  output_kind: "dataset", output_name: "flights/raw", partition: "2013-04", principal: "admin", published: false, quarantined: 3_399,
  receipt_id: "r1", run_id: "april", state: "refused", success: false, task_id: "extract", try_number: 1, version: null,
};
const dataset = {
  asset_uri: "", bytes: 1, checks_failed: 3, checks_passed: 45, classification: null, columns: 2, contract: null, dag_id: "flight_delays",
  description: "Departures.", fresh_until: null, freshness_seconds: null, gate, last_gate_at: null, last_gate_receipt_id: "r1", last_gate_published: true,
  last_gate_success: false, last_published_at: "2026-11-27T14:00:00Z", latest_version: "2", location: "/lake", may: { review: true, see_personal: false, see_rows: true },
  name: "flights/raw", namespace: "file", node: "dataset:file:/lake", owner: "data-engineering", partition: "2013-03", partition_by: "partition", partitions: 3,
  primary_key: [], rows: 28_834, schema: [], stale: null, suite: null, tags: [], total_bytes: 1, total_rows: 80_789, unique: [], versions: 3, waiting: 1,
};
const run = (receipt: string, held: boolean) => ({
  at: "2026-11-27T14:42:55Z", dag_id: "d", gate_success: held, partition: receipt, receipt_id: receipt, run_id: "r", state: held ? "published" : "refused", version: null,
});
const checks = {
  runs: [run("r0", true), run("r1", false)],
  rows: [
    { cells: [{ success: true }, { success: true }], column: "day", expectation: "expect_column_values_to_not_be_null", key: "day", severity: "critical" },
    { cells: [null, { success: false, unexpected_count: 9, unexpected_percent: 4 }], column: "distance", expectation: "expect_column_values_to_be_between", key: "distance", severity: "critical" },
  ],
};
const newest = { ...gate, results: [{ key: "distance", severity: "critical", kwargs: { column: "distance", min_value: 1 } }] };
const profile = { columns: { distance: { nulls: 0, distinct: 182, mean: 1011.98, histogram: { edges: [0, 1, 2], counts: [1, 2] } }, carrier: { nulls: 0, top: [{ value: "UA", count: 5 }] } }, rows: 10 };
const version = { version: "2", partition: "2013-03", rows: 10, schema: [{ name: "distance", type: "BIGINT", nullable: true, personal: false }], profile };
const drift = {
  dataset: "flights/raw", version: "2", base: "1", rows: { before: 9, after: 10 },
  columns: [{ name: "distance", type: "BIGINT", personal: false, status: "strong", psi: 0.4, quantile_shift: 0.12, histogram: { edges: [0, 1, 2], before: [0.5, 0.5], after: [0.3, 0.7] }, mean: { before: 900, after: 1011.98 }, top: [] }],
};
const rows = { version: "2", partition: null, masked: true, columns: [{ name: "tailnum", type: "VARCHAR", personal: true, masked: true }], rows: [["[masked]"]] };
const usage = { assets: [], downstream: [], readers: [], upstream: [], writers: [] };

const answers = (told: Readonly<Record<string, unknown>>): readonly (readonly [RegExp, unknown])[] => [
  [/\/checks\?/, checks],
  [/\/drift\?/, drift],
  [/\/rows\?/, rows],
  [/\/usage$/, usage],
  [/\/versions\/2$/, version],
  [/\/versions\?/, { items: [], total: 0, more: false }],
  [/\/gates\/r1$/, newest],
  [/\/datasets\/flights%2Fraw$/, told],
];

function show(tab: string, told: Readonly<Record<string, unknown>> = dataset): void {
  const known = [...answers(told), [/\/receipts\?/, { items: [] }] as const];
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(Response.json(known.find(([path]) => path.test(request.url))?.[1] ?? null)));
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <Routes>
        <Route element={<DatasetPage />} path="/plugin/hallmark/datasets/:name/:tab?" />
      </Routes>
    </QueryClientProvider>,
    `/plugin/hallmark/datasets/flights%2Fraw${tab}`,
  );
}

test("a dataset whose newest run was refused says what its readers see instead and where the reason is", async () => {
  show("");
  expect(await screen.findByText(/newest run \(2013-04\) was refused at the gate: 3 of 48 expectations/)).toBeDefined();
  expect(screen.getByText(/Readers still see version 2, up to 2013-03/)).toBeDefined();
  expect(screen.getByRole("link", { name: "See why" }).getAttribute("href")).toBe("/plugin/hallmark/quality/r1");
});

test("who may not see rows has no tab for them, nor a table", async () => {
  show("/rows", { ...dataset, may: { ...dataset.may, see_rows: false } });
  expect(await screen.findByText("You may not see rows of this dataset")).toBeDefined();
  expect(screen.queryByRole("link", { name: "Rows" })).toBeNull();
});

test("masked columns are named above the rows", async () => {
  show("/rows");
  expect(await screen.findByText(/Masked, for it is personal: tailnum/)).toBeDefined();
  expect(screen.getByRole("link", { name: "Rows" })).toBeDefined();
});

test("checks stand with what failed last first, in words with their bounds, and each cell leads to its gate run", async () => {
  show("/checks");
  const table = await screen.findByRole("table", { name: "Expectations over the runs" });
  await within(table).findByText("distance is at least 1 in every row");
  const [, whole, first] = within(table).getAllByRole("row");
  expect(whole?.textContent).toContain("The gate as a whole");
  const cells = within(first ?? table).getAllByRole("link");
  expect(cells.map((cell) => cell.getAttribute("href"))).toEqual(["/plugin/hallmark/quality/r0", "/plugin/hallmark/quality/r1"]);
  expect(cells[0]?.getAttribute("aria-label")).toContain("not asked");
  expect(cells[1]?.getAttribute("aria-label")).toContain("9 rows (4%) break it");
});

test("a profile tells how far each column moved, and shows columns that drift does not know", async () => {
  show("/profile");
  expect(await screen.findByText(/Strong · PSI 0.400/)).toBeDefined();
  expect(screen.getByText("900 → 1,012")).toBeDefined();
  expect(screen.getByText("UA")).toBeDefined();
});
