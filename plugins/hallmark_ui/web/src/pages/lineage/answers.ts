/** What the questions to the graph answer; the API's description leaves these open. */

export type Known = {
  readonly id: string;
  readonly kind: "dataset" | "job";
  readonly name: string;
  readonly hallmark: string | null;
  readonly type: string | null;
  readonly owner: string | null;
};

export type How = "direct" | "indirect" | "possible";
export type Impacted = { readonly node: Known; readonly how: How; readonly distance: number };

export type Impact = {
  readonly columns: readonly { readonly dataset: string; readonly column: string; readonly how: How }[];
  readonly datasets: readonly Impacted[];
  readonly models: readonly Impacted[];
  readonly jobs: readonly Impacted[];
  readonly owners: Readonly<Record<string, number>>;
  readonly truncated: boolean;
};

export type Assertion = {
  readonly dataset: string;
  readonly assertion: string;
  readonly column: string | null;
  readonly severity: string | null;
  readonly actual: string | null;
  readonly expected: string | null;
  readonly description: string | null;
};

export type Cause = {
  readonly job: Known;
  readonly at: string;
  readonly error: string | null;
  readonly assertions: readonly Assertion[];
  readonly path: readonly Known[];
};

export const nameOf = (node: Known): string => node.hallmark ?? node.name.split("/").slice(-2).join("/");
