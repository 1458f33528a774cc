/** Models: what counts as a score, and versions side by side. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router-dom";
import { expect, test, vi } from "vitest";
import { flat } from "@/components/Settings";
import Model from "@/pages/model";
import { shown } from "@/pages/model/scores";
import { hosted } from "./hosted";

const version = (name: string, rocAuc: number) => ({
  aliases: name === "2" ? ["champion"] : [],
  dag_id: "flights",
  gate_success: null,
  judged_at: "2026-03-01T08:00:00Z",
  judged_by: "judge",
  metrics: { champion_roc_auc: 0.1, roc_auc: rocAuc, rows: 10, seconds: 3 },
  receipt_id: "r",
  run_id: "run",
  state: "published",
  task_id: "train",
  trained_at: "2026-03-01T08:00:00Z",
  trained_by: "ada",
  trained_on: [{ before: null, kind: "dataset", name: "flights/features", partition: null, rows: 26398, version: name }],
  version: name,
});
const [one, two] = [version("1", 0.6337), version("2", 0.7102)];
const MODEL = {
  aliases: { champion: "2" }, attention: null, challenger: null, champion: two, dag_id: "flights", description: null, gate_success: null,
  listed: [two, one], name: "delay", owner: "ml", state: "published", versions: 2,
};
const COMPARISON = {
  environment: [], metrics: [{ best: 0, name: "roc_auc", values: [0.7102, 0.6337] }], model: "delay",
  parameters: [{ best: null, name: "before", values: ["2013-03", null] }], trained_on: [], versions: [two, one],
};

function shownAt(address: string): readonly string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request.url);
    return Promise.resolve(Response.json(request.url.includes("/comparison") ? COMPARISON : request.url.includes("/receipts") ? { items: [] } : MODEL));
  });
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <Routes>
        <Route element={<Model />} path="/models/:name" />
      </Routes>
    </QueryClientProvider>,
    address,
  );
  return asked;
}

test("of what was measured only scores are columns, and the champion is compared with the newest other at a click", async () => {
  const asked = shownAt("/models/delay");
  const heads = (await screen.findAllByRole("columnheader")).map((head) => head.textContent);
  expect(heads).toContain("roc_auc");
  expect(heads.filter((head) => /rows|seconds|champion/.test(head))).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Compare 2 and 1" }));
  expect((await screen.findByRole("row", { name: /^roc_auc/ })).textContent).toBe("roc_auc0.7102Best0.6337");
  expect(screen.getByRole("row", { name: /^before/ }).textContent).toBe("before2013-03none");
  expect(asked.at(-1)).toContain("/models/delay/comparison?version=2&version=1");
});

test("the versions that are compared stand in the address, and can be taken out again", async () => {
  shownAt("/models/delay?compare=1,2");
  const box = await screen.findByRole("checkbox", { name: "Compare version 1" });
  expect(box).toHaveProperty("checked", true);
  await userEvent.click(box);
  await waitFor(() => {
    expect(screen.queryByText("Comparison")).toBeNull();
  });
});

test("counts are whole, other figures have four digits, and nested parameters carry the names around them", () => {
  expect([50009, 0.71018, null].map(shown)).toEqual(["50,009", "0.7102", ""]);
  expect(flat({ fit: { depth: 3, seed: null }, names: ["a"] })).toEqual([["fit.depth", "3"], ["names", '["a"]']]);
});
