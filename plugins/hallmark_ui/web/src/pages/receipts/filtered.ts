/** The filters of an address as the API takes them. */

const SEVERAL = ["dag_id", "task_id", "run_id", "dataset", "state", "kind", "principal"] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export type Filtered = Partial<Record<(typeof SEVERAL)[number], string[]>> & { readonly since?: string; readonly until?: string };

/** A day is whole: from its first moment, or to its last. */
const moment = (told: string, clock: string): string => (DAY.test(told) ? `${told}T${clock}Z` : told);

export function filtered(parameters: URLSearchParams): Filtered {
  const told: Filtered = Object.fromEntries(
    SEVERAL.map((name) => [name, parameters.getAll(name).filter(Boolean)] as const).filter(([, values]) => values.length > 0),
  );
  const [since, until] = [parameters.get("since"), parameters.get("until")];
  return {
    ...told,
    ...(since ? { since: moment(since, "00:00:00") } : {}),
    ...(until ? { until: moment(until, "23:59:59.999999") } : {}),
  };
}

/** The address below Airflow's root where all receipts that fit are a file. */
export function exportOf(wanted: Filtered, order: string, format: "csv" | "json"): string {
  const query = new URLSearchParams({ format, order });
  Object.entries(wanted).forEach(([name, told]) => {
    [told].flat().forEach((value) => {
      query.append(name, value);
    });
  });
  return `hallmark/api/v1/receipts/export?${query.toString()}`;
}
