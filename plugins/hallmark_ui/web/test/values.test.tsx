/** Times, figures, descriptions and refusals as a reader sees them. */
import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { Problem } from "@/api/problem";
import { absolute, bytes, duration, Histogram, Markdown, relative, span, Sparkline, Time } from "./parts";
import { hosted } from "./hosted";

test("a time follows the zone that the user has chosen in Airflow, also when it changes", () => {
  localStorage.setItem("timezone", JSON.stringify("UTC"));
  hosted(<Time at="2026-03-01T08:15:00Z" />);
  expect(screen.getByText("2026-03-01 08:15:00")).toBeDefined();
  act(() => {
    localStorage.setItem("timezone", JSON.stringify("Asia/Kolkata"));
    dispatchEvent(new StorageEvent("local-storage", { key: "timezone" }));
  });
  expect(screen.getByText("2026-03-01 13:45:00")).toBeDefined();
});

test.each([
  [relative("2026-03-01T08:00:00Z", new Date("2026-03-01T11:30:00Z")), "3 hours ago"],
  [relative("2026-03-01T08:00:00Z", new Date("2026-03-01T08:00:00Z")), "now"],
  [absolute("nonsense", "UTC"), ""],
  [duration(1.915), "1.92 s"],
  [duration(78), "00:01:18"],
  [span(86_400), "1 day"],
  [span(5_400), "90 minutes"],
  [bytes(24_878), "24.9 kB"],
  [bytes(0), "0 byte"],
])("%s", (told, expected) => {
  expect(told).toBe(expected);
});

test("a description cannot run code and fetches nothing from elsewhere", async () => {
  const text = "**bold** [x](javascript:alert(1)) <img src=x onerror=alert(1)> ![seen](https://example.org/seen.png)";
  const { container } = hosted(<Markdown>{text}</Markdown>);
  await waitFor(() => {
    expect(container.querySelector("strong")).not.toBeNull();
  });
  expect(container.querySelector("img")).toBeNull();
  expect(container.querySelector("a")?.getAttribute("href") ?? "").toBe("");
});

test("a refusal is read from problem+json, and from whatever a proxy says instead", async () => {
  const told = await Problem.of(Response.json({ title: "Not Found", detail: "There is no such dataset." }, { status: 404 }));
  expect(told).toMatchObject({ status: 404, message: "There is no such dataset." });
  const proxy = await Problem.of(new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
  expect(proxy).toMatchObject({ status: 502, title: "Bad Gateway" });
});

test("drawings hold on to what they have: no values, one value, all the same, gaps", () => {
  const series: readonly (readonly (number | null)[])[] = [[], [3], [2, 2, 2], [1, null, 4]];
  const { container } = hosted(
    <>
      {series.map((values) => (
        <Sparkline key={values.join()} label="course" values={values} />
      ))}
      <Histogram counts={[]} edges={[]} label="spread" />
      <Histogram before={[0, 0]} counts={[0, 0]} edges={[0, 1, 2]} label="spread" />
    </>,
  );
  expect(container.innerHTML).not.toMatch(/NaN|Infinity/);
});
