/** The frame: how components reach Airflow, where addresses lead, which time zone counts. */
import { expect, test } from "vitest";
import { hostUrl, loginUrl } from "@/app/host";
import { at } from "@/app/paths";
import { pages, sections } from "@/app/pages";
import { publish } from "@/app/publish";

test("a published component is found under its place's name and as the plugin that Airflow asks for", () => {
  publish("Hallmark probe", () => null);
  expect(Reflect.get(globalThis, "Hallmark probe")).toBeTypeOf("function");
  expect(Reflect.get(globalThis, "AirflowPlugin")).toBe(Reflect.get(globalThis, "Hallmark probe"));
});

test("addresses of the server are below the page's base", () => {
  const base = document.createElement("base");
  base.href = "https://example.org/prefix/";
  document.head.append(base);
  try {
    expect(hostUrl("/hallmark/api")).toBe("https://example.org/prefix/hallmark/api");
    expect(loginUrl()).toContain("https://example.org/prefix/api/v2/auth/login?next=");
  } finally {
    base.remove();
  }
});

test("a name with slashes is one part of an address", () => {
  expect(at.dataset("flights/raw")).toBe("/plugin/hallmark/datasets/flights%2Fraw");
  expect(at.receipts({ dataset: "flights/raw", state: undefined })).toBe("/plugin/hallmark/receipts?dataset=flights%2Fraw");
});

test("no two pages have the same path and every section leads to a page of its own", async () => {
  expect(new Set(pages.map((page) => page.path)).size).toBe(pages.length);
  expect(sections.every((page) => !page.path.includes(":"))).toBe(true);
  for (const page of pages) {
    expect((await page.load()).default, page.path).toBeTypeOf("function");
  }
});
