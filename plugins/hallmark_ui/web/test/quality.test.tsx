/** The list of gate runs: what its address asks the API for. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import Quality from "@/pages/quality";
import { hosted } from "./hosted";

afterEach(() => vi.unstubAllGlobals());

const gate = {
  at: "2026-11-27T14:42:55Z", checks_failed: 1, checks_passed: 32, dag_id: "flight_delays", kind: "extract", map_index: -1, message: "",
  output_kind: "dataset", output_name: "weather/raw", partition: "2013-02", principal: "admin", published: true, quarantined: 0,
  receipt_id: "r1", run_id: "february", state: "published", success: false, task_id: "extract", try_number: 1, version: "1",
};

test("filters stand in the address, a part of a name stands for all datasets that have it, and a warning is no failure", async () => {
  const asked: URL[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const url = new URL(request.url);
    asked.push(url);
    const items = url.pathname.endsWith("/gates") ? [gate] : [{ name: "weather/raw" }, { name: "weather/clean" }];
    return Promise.resolve(Response.json({ items, total: 1, more: false, next_cursor: null, dags: [] }));
  });
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <Quality />
    </QueryClientProvider>,
    "/?dataset=weather&success=false&state=published",
  );
  expect(await screen.findByText("Warned")).toBeDefined();
  expect(screen.getByRole("link", { name: "weather/raw" }).getAttribute("href")).toBe("/plugin/hallmark/quality/r1");
  await vi.waitFor(() => {
    const last = asked.filter((url) => url.pathname.endsWith("/gates")).at(-1)?.searchParams;
    expect(last?.getAll("dataset")).toEqual(["weather/raw", "weather/clean"]);
    expect([last?.get("success"), last?.get("state")]).toEqual(["false", "published"]);
  });
});
