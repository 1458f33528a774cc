/** The profile of a version: what was counted of its columns. */

export type ColumnProfile = {
  readonly distinct?: number | null;
  readonly histogram?: { readonly counts: readonly number[]; readonly edges: readonly (number | string)[] } | null;
  readonly max?: number | string | null;
  readonly max_length?: number | null;
  readonly mean?: number | null;
  readonly min?: number | string | null;
  readonly min_length?: number | null;
  readonly nulls?: number | null;
  readonly quantiles?: Readonly<Record<string, number>>;
  readonly stddev?: number | null;
  readonly top?: readonly { readonly count: number; readonly value: unknown }[];
  readonly true?: number | null;
};

export type Profile = { readonly columns: Readonly<Record<string, ColumnProfile>>; readonly rows: number };

/** The description of the API leaves a profile open; what is none is null. */
export function profileOf(told: Readonly<Record<string, unknown>> | null | undefined): Profile | null {
  const columns = told?.["columns"];
  return columns !== null && typeof columns === "object"
    ? { columns: columns as Profile["columns"], rows: Number(told?.["rows"] ?? 0) }
    : null;
}

/** Edges as figures, or null where they are times or text. */
export function edgesOf(column: ColumnProfile | undefined): readonly number[] | null {
  const edges = column?.histogram?.edges ?? [];
  const numbers = edges.filter((edge) => typeof edge === "number");
  return numbers.length > 1 && numbers.length === edges.length ? numbers : null;
}
