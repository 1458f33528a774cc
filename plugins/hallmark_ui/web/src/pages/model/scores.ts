/** Which figures of a model say how good it is. */

import { count, figure } from "@/components";

type Metrics = Readonly<Record<string, unknown>>;

// What else a stage measures: how much it saw, how long it took, and how the champion fared on the same rows.
const ASIDE = /^(rows|features|seconds|positives|champion_.*)$/;

/** The names of a version's scores, in their own order. */
export const scores = (metrics: Metrics): readonly string[] =>
  Object.keys(metrics).filter((name) => !ASIDE.test(name) && typeof metrics[name] === "number");

/** The names of all versions' scores. */
export const allScores = (versions: readonly { readonly metrics: Metrics }[]): readonly string[] => [
  ...new Set(versions.flatMap((version) => scores(version.metrics))),
];

/** A figure of a version, null where it was not measured. */
export const score = (metrics: Metrics, name: string): number | null => {
  const value = metrics[name];
  return typeof value === "number" ? value : null;
};

/** A figure for the eye: counts whole, others in the digits that matter. */
export const shown = (value: number | null): string => (Number.isInteger(value) ? count(value) : figure(value));
