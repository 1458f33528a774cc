/** Reviews: choosing, deciding with a reason, and what is said when somebody was quicker. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router-dom";
import { expect, test, vi } from "vitest";
import Review from "@/pages/review";
import { failedOf, orderOf } from "@/pages/review/failed";
import Reviews from "@/pages/reviews";
import { hosted } from "./hosted";

const batch = (id: string, actions: readonly string[]) => ({
  actions, dag_id: "d", detail: "", id, kind: "quarantine", map_index: -1, name: "a/b", owner: null, partition: null, receipt_id: id,
  rows: 3, run_id: "r", since: "2026-03-01T08:00:00Z", standing: "open", task_id: "t", title: `batch ${id}`, url: null,
});
const QUESTION = { ...batch("q", []), kind: "question", standing: "question", title: "Go on?", url: "/dags/d/runs/r/tasks/t/required_actions" };
const REVIEWS = {
  items: [QUESTION, batch("one", ["release", "discard"]), batch("two", ["discard"])],
  kinds: [{ actions: ["release", "discard"], count: 2, kind: "quarantine", more: false, title: "Rows in quarantine" }],
  more: false, next_cursor: null, total: 3,
};
const VERDICTS = {
  results: [
    { dataset: "a/b", detail: "3 rows", done: true, made: "made", receipt_id: "one", state: "skipped" },
    { dataset: "a/b", detail: "There is no such batch in quarantine; somebody may have decided on it already.", done: false, made: null, receipt_id: "two", state: "failed" },
  ],
};

const serve = (answer: (request: Request) => Response | Promise<Response>, address: string) => {
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(answer(request)));
  hosted(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Routes>
        <Route element={<Reviews />} path="/reviews" />
        <Route element={<Review />} path="/reviews/:dataset/:receipt" />
      </Routes>
    </QueryClientProvider>,
    address,
  );
};

test("several are decided on at once, not without a reason, and each batch is told what became of it", async () => {
  let sent: unknown;
  serve(async (request) => {
    if (request.method !== "POST") {
      return Response.json(REVIEWS);
    }
    sent = await request.json();
    return Response.json(VERDICTS);
  }, "/reviews");
  await userEvent.click(await screen.findByRole("checkbox", { name: "Choose all" }));
  expect(screen.getByText("2 chosen")).toBeDefined();
  expect(screen.getByRole("button", { name: "Release" })).toHaveProperty("disabled", true);
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));
  const dialog = within(await screen.findByRole("alertdialog"));
  expect(dialog.getByRole("button", { name: "Discard" })).toHaveProperty("disabled", true);
  await userEvent.click(dialog.getByRole("textbox"));
  await userEvent.paste(" mended by the source ");
  await userEvent.click(dialog.getByRole("button", { name: "Discard" }));
  expect(await dialog.findByText("1 of 2 discarded")).toBeDefined();
  expect(dialog.getByText(/somebody may have decided/)).toBeDefined();
  expect(dialog.getByRole("link", { name: "Receipt" }).getAttribute("href")).toBe("/plugin/hallmark/receipts/made");
  expect(sent).toEqual({ batches: [{ dataset: "a/b", receipt_id: "one" }, { dataset: "a/b", receipt_id: "two" }], reason: "mended by the source" });
});

test("a question from Airflow leads to its page, and cannot be decided on in bulk", async () => {
  serve(() => Response.json(REVIEWS), "/reviews");
  expect((await screen.findByRole("link", { name: /Answer/ })).getAttribute("href")).toBe("/plugin/hallmark/reviews/questions/d/r/t/-1");
  expect(screen.getByRole("checkbox", { name: "Choose Go on?" })).toHaveProperty("disabled", true);
});

test("a batch that is there no more says so, and who decided why", async () => {
  const made = { finished_at: "2026-03-01T08:00:00Z", id: "made", message: "ada discarded 3 rows: mended", principal: "ada", started_at: "2026-03-01T08:00:00Z", task_id: "quarantine discard" };
  serve(
    (request) =>
      request.url.includes("/receipts?dag_id=hallmark&run_id=one")
        ? Response.json({ items: [made], more: false, next_cursor: null, total: 1 })
        : Response.json({ detail: "gone", status: 404, title: "Not Found" }, { status: 404 }),
    "/reviews/a%2Fb/one",
  );
  expect(await screen.findByText("This batch waits no more")).toBeDefined();
  expect(await screen.findByText(/ada discarded 3 rows: mended/)).toBeDefined();
  expect(screen.getByRole("link", { name: "Receipts of a/b" }).getAttribute("href")).toBe("/plugin/hallmark/receipts?dataset=a%2Fb");
});

test("what a row failed is told by column, and those columns stand first", () => {
  expect(failedOf("year, day: expect_compound_columns_to_be_unique")).toEqual({ columns: ["year", "day"], expectation: "expect_compound_columns_to_be_unique" });
  expect(failedOf("expect_table_row_count")).toEqual({ columns: [], expectation: "expect_table_row_count" });
  const columns = ["id", "year", "day", "amount"].map((name) => ({ name }));
  expect(orderOf(columns, ["year, day: unique", "amount: between", "lost: null"])).toEqual([3, 1, 2, 0]);
});
