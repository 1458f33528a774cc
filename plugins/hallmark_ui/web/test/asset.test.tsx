/** The badges above Airflow's page of an asset: there and nowhere else, and of our assets alone. */
import { afterEach, expect, test, vi } from "vitest";
import { screen, waitFor } from "@testing-library/react";
import type { FunctionComponent } from "react";
import { hosted } from "./hosted";
import "@/tabs/asset";

const AssetBadges = Reflect.get(globalThis, "Hallmark badges") as FunctionComponent;
const DATASET = {
  classification: "personal", gate: { checks_failed: 1, checks_passed: 2, published: false, success: false }, last_published_at: "2026-11-27T14:00:00Z",
  latest_version: "4", name: "flights/raw", node: "dataset:file:/lake/flights/raw", stale: true,
};

/** Answer by what an address ends with. */
const answering = (answers: Readonly<Record<string, unknown>>) => {
  const fetched = vi.fn((asked: Request | string) => {
    const address = typeof asked === "string" ? asked : asked.url;
    const found = Object.entries(answers).find(([end]) => address.endsWith(end));
    return Promise.resolve(new Response(JSON.stringify(found?.[1] ?? {}), { headers: { "content-type": "application/json" }, status: found === undefined ? 404 : 200 }));
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a dataset of ours is shown with its gate, how fresh it is, its version, and the ways to its pages", async () => {
  answering({ "/assets/7": { name: "flights/raw", uri: "hallmark://dataset/flights/raw" }, "/catalog/datasets/flights%2Fraw": DATASET });
  hosted(<AssetBadges />, "/assets/7");
  expect(await screen.findByText("Late")).toBeDefined();
  expect(screen.getByRole("group", { name: "Hallmark: flights/raw" }).textContent).toContain("version 4");
  expect(screen.getByText("Dataset").getAttribute("href")).toBe("/plugin/hallmark/datasets/flights%2Fraw");
});

test("of an asset of somebody else's nothing is asked but what it is", async () => {
  const fetched = answering({ "/assets/8": { name: "report", uri: "s3://reports/report" } });
  const { container } = hosted(<AssetBadges />, "/assets/8");
  await waitFor(() => {
    expect(fetched).toHaveBeenCalledTimes(1);
  });
  expect(container.textContent).toBe("");
});

test.each(["/", "/dags/assets/runs/7", "/assets", "/plugin/hallmark/datasets/assets"])("nothing is asked on %s", (address) => {
  const fetched = answering({});
  hosted(<AssetBadges />, address);
  expect(fetched).not.toHaveBeenCalled();
});
