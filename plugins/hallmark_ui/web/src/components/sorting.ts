/** In which order the rows of a table stand. */
export type Sort = { readonly key: string; readonly order: "asc" | "desc" };

export type SortValue = string | number | boolean | null | undefined;

/** What a click on a column's head makes of the order: up, down, and the table's own again. */
export function nextSort(sort: Sort | null, key: string): Sort | null {
  if (sort?.key !== key) {
    return { key, order: "asc" };
  }
  return sort.order === "asc" ? { key, order: "desc" } : null;
}

const missing = (value: SortValue): boolean => value === null || value === undefined || value === "";

function compare(one: SortValue, other: SortValue): number {
  if (typeof one === "string" && typeof other === "string") {
    return one.localeCompare(other, undefined, { numeric: true });
  }
  return Number(one) - Number(other);
}

/** The rows in another order; what has no value stands last either way. */
export function sorted<Row>(rows: readonly Row[], value: (row: Row) => SortValue, order: "asc" | "desc"): readonly Row[] {
  const direction = order === "asc" ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [left, right] = [value(one), value(other)];
    if (missing(left) || missing(right)) {
      return Number(missing(left)) - Number(missing(right));
    }
    return direction * compare(left, right);
  });
}
