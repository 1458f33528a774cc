/** The first page: whose view it is, and what it says of a dataset. */
import { expect, test } from "vitest";
import { screen } from "@testing-library/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { AttentionList } from "@/pages/overview/Attention";
import { BLOCKS, remember, remembered, VIEWS } from "@/pages/overview/principals";
import { setbacksOf } from "@/pages/overview/setbacks";
import { verdict } from "@/pages/overview/Reliance";
import { hosted } from "./hosted";

test("each user keeps their own view on a shared machine, and what is no view is forgotten", () => {
  remember("ada", "business");
  expect([remembered("ada"), remembered("ben")]).toEqual(["business", "operations"]);
  localStorage.setItem("hallmark.view.ada", "toString");
  expect(remembered("ada")).toBe("operations");
});

test("every view shows what needs attention, of all kinds, and every block belongs to a view", () => {
  const views = Object.values(VIEWS);
  expect(views.every((view) => new Set(view.kinds).size === 4 && view.blocks.some((block) => block === "attention"))).toBe(true);
  expect(new Set(views.flatMap((view): readonly string[] => view.blocks))).toEqual(new Set(BLOCKS));
});

const dataset = {
  bytes: 1, checks_failed: 0, checks_passed: 48, classification: null, columns: 19, dag_id: "d", description: null, fresh_until: null,
  freshness_seconds: null, last_gate_at: null, last_gate_receipt_id: "r", last_gate_published: true, last_gate_success: true, last_published_at: "2026-11-27T14:00:00Z",
  latest_version: "2", name: "flights/raw", owner: null, partition: "2013-03", partition_by: "partition", rows: 1, stale: null, tags: [],
};

test.each([
  [{}, "can be relied on up to 2013-03; all 48 checks were met."],
  [{ last_gate_success: false, checks_failed: 3 }, "can be read up to 2013-03; at its newest run 3 checks were not met."],
  [{ stale: true }, "is right up to 2013-03, but older than promised."],
  [{ latest_version: null }, "is not published yet."],
  [{ last_gate_success: null, partition: null }, "can be relied on; nothing was checked."],
])("%j", (changed, words) => {
  expect(verdict({ ...dataset, ...changed }).words).toBe(words);
});

const item = {
  classification: null, dag_id: "d", map_index: -1, name: "flights/raw", owner: null, partition: "2013-04", receipt_id: null, run_id: "r",
  since: "2026-11-27T14:00:00Z", task_id: "t", version: null,
};

test("what needs attention stands in the order of the view, and more than is shown is told", () => {
  const items = [
    { ...item, detail: "3,399 rows in quarantine, refused", kind: "review" as const },
    { ...item, detail: "3 of 48 expectations failed; refused", kind: "failed_gate" as const },
  ];
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <AttentionList counts={{ failed_gate: 1, review: 4 }} items={items} kinds={VIEWS.operations.kinds} />
    </QueryClientProvider>,
  );
  const lines = screen.getAllByRole("listitem").map((line) => line.textContent);
  expect(lines[0]).toContain("[2013-04] was refused at the gate");
  expect(lines[1]).toContain("has 3,399 rows in quarantine: the whole output was refused");
  expect(screen.getByText(/And 3 more/)).toBeDefined();
});

const receipt = (id: string, state: string, at: string, changed: object = {}) => ({
  checks_failed: 3, checks_passed: 45, dag_id: "d", finished_at: null, gate_success: false, id, kind: "extract", map_index: -1, message: "", output_kind: "dataset",
  output_name: "flights/raw", output_partition: "2013-04", output_version: null, principal: "ada", quarantined: 0, rows_in: 1, rows_out: 1, run_id: id,
  seconds: 1, started_at: `2026-11-27T${at}:00Z`, state, task_id: "t", try_number: 1, ...changed,
});

test("of each output and partition one setback is told, with the run that made it good", () => {
  const stopped = [
    receipt("again", "failed", "12:00", { output_name: "weather/raw" }),
    receipt("crashed", "failed", "11:00"),
    receipt("damaged", "refused", "10:00"),
    receipt("known", "refused", "09:00", { output_partition: "2013-03" }),
  ];
  const published = [receipt("mended", "published", "13:00"), receipt("before", "published", "08:00", { output_name: "weather/raw" })];
  const told = setbacksOf(stopped, published, new Set(["known"])).map(({ mended, receipt: { id } }) => [id, mended?.id]);
  expect(told).toEqual([["again", undefined], ["damaged", "mended"]]);
});
