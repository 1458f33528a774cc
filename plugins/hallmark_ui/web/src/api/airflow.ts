/** The little that is asked of Airflow's own API, in the user's session: how a run goes, what a task asks people, where it links to. */
import { useQuery } from "@tanstack/react-query";
import { hostUrl } from "@/app/host";
import { every, whileRunning, type Interval } from "./live";
import { Problem } from "./problem";

const part = encodeURIComponent;

/** Ask Airflow; `change` is sent as JSON. Refusals are errors of type `Problem`. */
export async function airflow<Answer>(path: string, change?: unknown): Promise<Answer> {
  const sent = change === undefined ? {} : { body: JSON.stringify(change), headers: { "Content-Type": "application/json" }, method: "PATCH" };
  const response = await fetch(hostUrl(`api/v2/${path}`), { cache: "no-cache", ...sent });
  if (!response.ok) {
    throw await Problem.of(response);
  }
  return (await response.json()) as Answer;
}

const runPath = (dag: string, run: string): string => `dags/${part(dag)}/dagRuns/${part(run)}`;

/** Where Airflow keeps what a task asks people. */
export const questionPath = (dag: string, run: string, task: string, mapIndex: number): string =>
  `${runPath(dag, run)}/taskInstances/${part(task)}/${mapIndex}/hitlDetails`;

/** Where Airflow keeps the links of a task. */
export const linksPath = (dag: string, run: string, task: string): string => `${runPath(dag, run)}/taskInstances/${part(task)}/links`;

type Run = { readonly state: string };
const underWay = ({ state }: Run): boolean => state === "queued" || state === "running";

/** The interval of what is shown of a run: between two stages none of ours runs, so Airflow is asked whether it goes on. */
export function useRunLive(dag: string, run: string): Interval {
  const path = runPath(dag, run);
  const { data, dataUpdatedAt } = useQuery({
    queryFn: () => airflow<Run>(path),
    queryKey: ["airflow", path],
    refetchInterval: whileRunning(underWay),
  });
  const going = data !== undefined && underWay(data);
  // Once more after the end: the last receipt may be younger than what is shown.
  return (query) => every(going || query.state.dataUpdatedAt < dataUpdatedAt)(query);
}
