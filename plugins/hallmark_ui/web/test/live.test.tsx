/** How pages stay current, and what they say once when nobody answers. */
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { every, whileRunning } from "@/api/live";
import { Problem } from "@/api/problem";
import { Banner } from "@/components/Banner";
import { Loaded } from "@/components";
import { hosted } from "./hosted";

const state = (told: { readonly data?: unknown; readonly error?: unknown }) => ({ state: { data: undefined, dataUpdatedAt: 0, error: null, ...told } });
const problem = (status: number) => new Problem(status, "Refused", "No.");

test.each([
  ["while something runs", every(true)(state({})), 5_000],
  ["else", every(false)(state({})), 30_000],
  ["once the session has ended", every(true)(state({ error: problem(401) })), false],
  ["once it was refused", every(true)(state({ error: problem(404) })), false],
  ["while the catalog is out of reach", every(true)(state({ error: problem(503) })), 30_000],
  ["while the network is down", every(true)(state({ error: new TypeError("Failed to fetch") })), 30_000],
  ["a list that was read on and on", every(true)(state({ data: { pages: [1, 2, 3, 4] } })), false],
  ["an answer that says that it runs", whileRunning<{ runs: boolean }>(({ runs }) => runs)(state({ data: { runs: true } })), 5_000],
  ["an answer that says that it ended", whileRunning<{ runs: boolean }>(({ runs }) => runs)(state({ data: { runs: false } })), 30_000],
])("%s it asks again after so many milliseconds", (_, interval, expected) => {
  expect(interval).toBe(expected);
});

const Part = ({ fails, name, known }: { readonly fails: number; readonly known?: string; readonly name: string }) => {
  const query = useQuery({
    initialData: known,
    initialDataUpdatedAt: 0,
    queryFn: () => Promise.reject<string>(problem(fails)),
    queryKey: [name],
    retry: false,
  });
  return <Loaded query={query}>{(told) => <p>{told}</p>}</Loaded>;
};

const page = (fails: number, known?: string) =>
  hosted(
    <QueryClientProvider client={new QueryClient()}>
      <Banner />
      <Part fails={fails} known={known} name="one" />
      <Part fails={fails} known={known} name="other" />
    </QueryClientProvider>,
  );

test("an ended session is told once for all parts of a page, with the way to log in", async () => {
  page(401);
  expect((await screen.findByRole("link", { name: "Log in" })).getAttribute("href")).toContain("/auth/login?next=");
  expect(screen.getAllByText("Your session has ended")).toHaveLength(1);
});

test("what was known stays while the catalog is out of reach, and is said to be old", async () => {
  page(503, "48 checks");
  expect(await screen.findByText("The catalog is out of reach")).toBeDefined();
  expect(screen.getAllByText("48 checks")).toHaveLength(2);
});

test("where nothing was known each part says so itself", async () => {
  page(503);
  await waitFor(() => {
    expect(screen.getAllByRole("button", { name: "Try again" })).toHaveLength(2);
  });
  expect(screen.queryByText(/known before/)).toBeNull();
});
