/** What a row failed, and in which of its columns: "year, month: expect_compound_columns_to_be_unique". */

export type Failed = { readonly columns: readonly string[]; readonly expectation: string };

export function failedOf(title: string): Failed {
  const place = title.lastIndexOf(": ");
  return place < 0
    ? { columns: [], expectation: title }
    : { columns: title.slice(0, place).split(", "), expectation: title.slice(place + 2) };
}

/** Where the columns of a batch stand: those that failed first, the fewer together the earlier; the others in their own order. */
export function orderOf(columns: readonly { readonly name: string }[], titles: readonly string[]): readonly number[] {
  const groups = titles.map((title) => failedOf(title).columns).sort((one, other) => one.length - other.length);
  const failed = groups.flat().map((name) => columns.findIndex((column) => column.name === name));
  return [...new Set([...failed.filter((place) => place >= 0), ...columns.keys()])];
}
