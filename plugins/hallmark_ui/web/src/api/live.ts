/**
 * How pages stay as new as what runs: they ask again by themselves, often while a stage runs, seldom otherwise.
 *
 * An answer that has not changed is a 304, which draws nothing anew. A page that nobody sees asks nothing.
 */
import { api } from "./client";
import { unreachable } from "./problem";

const OFTEN = 5_000;
const SELDOM = 30_000;
/** A list that was read further than this stays as it is: all its parts would be asked for again. */
const PARTS = 3;
const DAY = 86_400_000;

type State = { readonly data: unknown; readonly dataUpdatedAt: number; readonly error: unknown };
export type Interval = (query: { readonly state: State }) => number | false;

/** After a failure: seldom if nobody answered, never if it was refused; undefined where there was none. */
export function slowly(error: unknown): number | false | undefined {
  if (error === null || error === undefined) {
    return undefined;
  }
  return unreachable(error) ? SELDOM : false;
}

const long = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "pages" in data && Array.isArray(data.pages) && data.pages.length > PARTS;

/** The interval of a query: often while something `runs`. */
export const every =
  (runs: boolean): Interval =>
  ({ state }) =>
    slowly(state.error) ?? (long(state.data) ? false : runs ? OFTEN : SELDOM);

/** The interval of a query whose own answer says whether something runs; once nothing does, it is asked for seldom. */
export const whileRunning =
  <Data>(runs: (data: Data) => boolean): Interval =>
  (query) =>
    every(query.state.data !== undefined && runs(query.state.data as Data))(query);

// The start of the day before: a stage that is said to run for longer was lost.
const recent = (): string => new Date(Math.floor(Date.now() / DAY - 1) * DAY).toISOString();

/** The interval of a page about all stages: one small question, shared by all that ask it, tells whether any runs. */
export function useLive(): Interval {
  const running = api.useQuery(
    "get",
    "/api/v1/receipts",
    { params: { query: { limit: 1, since: recent(), state: ["running"] } } },
    { refetchInterval: whileRunning<{ readonly items: readonly unknown[] }>(({ items }) => items.length > 0), staleTime: OFTEN },
  );
  return every((running.data?.items.length ?? 0) > 0);
}
