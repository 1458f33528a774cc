/** Lists that the API gives in parts: `api.useInfiniteQuery("get", path, { params }, LISTING)`. */

type Part<Row> = { readonly items: readonly Row[]; readonly more: boolean; readonly next_cursor?: string | null; readonly total: number };

type Query<Row> = {
  readonly data: { readonly pages: readonly Part<Row>[] } | undefined;
  readonly fetchNextPage: () => unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
};

/** How the parts of a list follow one another. */
export const LISTING = {
  getNextPageParam: (last: { readonly next_cursor?: string | null }) => last.next_cursor ?? undefined,
  // Undefined would be sent as 0.
  initialPageParam: null,
  pageParamName: "cursor",
  // The rows of other filters stay until the new ones are there.
  placeholderData: <Data>(before: Data | undefined) => before,
};

/** What a `DataTable` wants to know of such a list. */
export function listed<Row>(query: Query<Row>) {
  return {
    more: query.hasNextPage
      ? { load: () => void query.fetchNextPage(), loading: query.isFetchingNextPage }
      : undefined,
    rows: query.data?.pages.flatMap((part) => part.items),
  };
}

/** "21", or "10,000+" where there are more than were counted; empty while it is not known. */
export function total(query: Query<unknown>): string {
  const first = query.data?.pages[0];
  return first === undefined ? "" : `${new Intl.NumberFormat().format(first.total)}${first.more ? "+" : ""}`;
}

/** The heading over such a list: "21 Datasets", "1 Dataset"; the word alone while it is not known. */
export function titled(query: Query<unknown>, word: string): string {
  const told = total(query);
  return told === "1" ? `1 ${word}` : `${told} ${word}s`.trim();
}
