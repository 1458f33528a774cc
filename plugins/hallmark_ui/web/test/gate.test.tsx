/** A gate run as its reader sees it: what was asked, what was seen, what broke. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { Route, Routes } from "react-router-dom";
import { afterEach, expect, test, vi } from "vitest";
import GateRun from "@/pages/gate";
import { edgesOf, profileOf } from "@/pages/gate/profile";
import { asked, examples, seen, shown } from "@/pages/gate/words";
import { hosted } from "./hosted";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["expect_column_values_to_be_between", { column: "distance", min_value: 1, max_value: 5000 }, "distance is between 1 and 5000 in every row"],
  ["expect_column_values_to_be_between", { column: "price", min_value: 0, strict_min: true }, "price is more than 0 in every row"],
  ["expect_column_values_to_not_be_null", { column: "dep_time", mostly: 0.85 }, "dep_time is not null in at least 85% of the rows"],
  ["expect_column_values_to_not_be_null", { column: "tailnum", row_condition: "dep_time > 0" }, "tailnum is not null in every row, where dep_time > 0"],
  ["expect_compound_columns_to_be_unique", { column_list: ["day", "flight"] }, "No two rows have the same day, flight"],
  ["expect_column_values_to_be_in_set", { column: "year", value_set: [2013] }, "year is 2013 in every row"],
  ["expect_table_row_count_to_be_between", { min_value: 22_000, max_value: 33_000 }, "The number of rows is between 22,000 and 33,000"],
  ["expect_column_values_to_be_polite", { column: "note" }, "Column values to be polite: note"],
  ["expect_column_mean_to_be_between", { column: "distance" }, "The mean of distance is within its bounds"],
])("%s is told in words", (expectation, values, sentence) => {
  expect(asked(expectation, values)).toBe(sentence);
});

test("what was observed is told with its share, and a check that could not be made with its reason", () => {
  const rows = { success: false, element_count: 29_463, unexpected_count: 1_699, unexpected_percent: 5.7666 };
  expect(seen(rows)).toBe("1,699 of 29,463 rows (5.8%) break it");
  expect(seen({ success: false, element_count: 2_010, unexpected_count: 1, unexpected_percent: 0.0498 })).toBe("1 of 2,010 rows (under 0.1%) breaks it");
  expect(seen({ success: true, unexpected_count: 0 })).toBe("No row breaks it");
  expect(seen({ success: false, observed: 921.0762 })).toBe("Observed: 921.1");
  expect(seen({ success: false, exception: "no such column" })).toContain("no such column");
  expect(examples({ values: [-762, -541, -228, -1620] })).toBe(", for example -762, -541, -228");
  expect(examples({ values: [{ day: 1 }] })).toBe("");
  expect(shown(["a", "b", "c", "d", "e", "f", "g", "h"])).toBe("a, b, c, d, e, f and 2 more");
});

test("a profile of another form is none, and edges that are times are not drawn with bounds", () => {
  expect(profileOf({ rows: 3 })).toBeNull();
  expect(edgesOf({ histogram: { counts: [1], edges: ["2013-01-01", "2013-02-01"] } })).toBeNull();
  expect(edgesOf({ histogram: { counts: [1], edges: [0, 1] } })).toEqual([0, 1]);
});

const outcome = {
  before: { success: true, unexpected_count: 0, unexpected_percent: 0 },
  change: "broken",
  column: "distance",
  element_count: 29_463,
  exception: null,
  expectation: "expect_column_values_to_be_between",
  history: [{ receipt_id: "r0", at: "2026-11-27T14:00:00Z", success: true }],
  key: "distance",
  kwargs: { column: "distance", min_value: 1, max_value: 5000 },
  meta: { notes: "Miles." },
  observed: null,
  position: 1,
  samples: { values: [-762], rows: [{ day: 1, distance: -762 }] },
  severity: "critical",
  success: false,
  unexpected_count: 1_699,
  unexpected_percent: 5.77,
};
const met = { ...outcome, change: "same", column: "day", key: "day", kwargs: { column: "day" }, expectation: "expect_column_values_to_not_be_null", position: 0, samples: null, success: true, unexpected_count: 0, unexpected_percent: 0 };
const gate = {
  at: "2026-11-27T14:42:55Z", checks_failed: 1, checks_passed: 1, dag_id: "flight_delays", kind: "extract", map_index: -1,
  may: { review: true, see_personal: true, see_rows: true }, message: "the gate refused; mend the source", next: null, output_kind: "dataset",
  output_name: "flights/raw", partition: "2013-04", previous: "r0", principal: "admin", published: false, quarantined: 3_399, receipt_id: "r1",
  results: [met, outcome], run_id: "april", state: "refused", success: false, suite: { path: "suites/flights_raw.yml", url: null }, task_id: "extract",
  try_number: 1, version: null,
};
const ANSWERS: readonly (readonly [RegExp, unknown])[] = [
  [/\/gates\/r1$/, gate],
  [/\/versions\/2$/, { profile: { rows: 9, columns: { distance: { histogram: { edges: [80, 2500, 4983], counts: [7, 2] } } } } }],
  [/\/datasets\/flights%2Fraw$/, { name: "flights/raw", latest_version: "2", partition: "2013-03" }],
];

test("a refused run says first what broke, what was kept out and what readers still see, and draws the bounds", async () => {
  const answer = (request: Request) => Response.json(ANSWERS.find(([path]) => path.test(request.url))?.[1] ?? null);
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(answer(request)));
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <Routes>
        <Route element={<GateRun />} path="/quality/:receipt" />
      </Routes>
    </QueryClientProvider>,
    "/quality/r1",
  );
  expect(await screen.findByText(/1 of 2 expectations were not met, 1 of them critical/)).toBeDefined();
  expect(await screen.findByText(/still see version 2, up to 2013-03/)).toBeDefined();
  expect(screen.getByText(/3,399 rows were kept out/)).toBeDefined();
  expect(await screen.findByRole("img", { name: "How distance is spread, and its bounds" })).toBeDefined();
  const lines = screen.getAllByRole("button", { expanded: undefined }).filter((one) => one.hasAttribute("aria-expanded"));
  expect(lines.map((one) => one.getAttribute("aria-expanded"))).toEqual(["true", "false"]);
  fireEvent.click(lines[1] ?? document.body);
  expect(lines[1]?.getAttribute("aria-expanded")).toBe("true");
});
