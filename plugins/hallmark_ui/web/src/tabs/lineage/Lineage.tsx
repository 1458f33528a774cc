/** What the tasks of a Dag, of a run, or one task read and write. */
import { useRunLive } from "@/api/airflow";
import { api } from "@/api/client";
import type { HostProps } from "@/app/publish";
import type { components } from "@/api/schema";
import { Loaded } from "@/components";
import { Around } from "./Around";

type Reference = components["schemas"]["VersionRef"];

/** Receipts' states as the graph calls a run's. */
const STATES: Readonly<Record<string, string>> = {
  audited: "COMPLETE",
  failed: "FAIL",
  published: "COMPLETE",
  refused: "UNMET",
  running: "RUNNING",
  skipped: "SKIPPED",
};

const versions = (references: readonly (Reference | null | undefined)[]): ReadonlyMap<string, string> =>
  new Map(references.flatMap((each) => (each?.node && each.version ? [[each.node, each.version] as const] : [])));

const stateOf = (state: string | undefined): string | undefined => (state === undefined ? undefined : STATES[state]);

const OfRun = ({ dag, run }: { readonly dag: string; readonly run: string }) => {
  const query = api.useQuery("get", "/api/v1/tabs/run", { params: { query: { dag_id: dag, run_id: run } } }, { refetchInterval: useRunLive(dag, run) });
  return (
    <Loaded query={query}>
      {(told) => (
        <Around
          dag={dag}
          states={new Map(told.tasks.flatMap((each) => [[each.task_id, stateOf(each.state)] as const]))}
          versions={versions([...told.inputs, ...told.outputs])}
        />
      )}
    </Loaded>
  );
};

type TaskProps = { readonly dag: string; readonly mapIndex: number; readonly run: string; readonly task: string };

const OfTask = ({ dag, mapIndex, run, task }: TaskProps) => {
  const params = { query: { dag_id: dag, map_index: mapIndex, run_id: run, task_id: task } };
  const query = api.useQuery("get", "/api/v1/tabs/task", { params }, { refetchInterval: useRunLive(dag, run) });
  return (
    <Loaded query={query}>
      {({ last, receipts }) => (
        <Around
          dag={dag}
          states={new Map([[task, stateOf(receipts[0]?.state)]])}
          task={task}
          versions={versions([...(last?.inputs ?? []), last?.output])}
        />
      )}
    </Loaded>
  );
};

const Lineage = ({ dagId = "", mapIndex = "-1", runId, taskId }: HostProps) => {
  if (runId === undefined) {
    return <Around dag={dagId} task={taskId} />;
  }
  return taskId === undefined ? (
    <OfRun dag={dagId} run={runId} />
  ) : (
    <OfTask dag={dagId} mapIndex={Number(mapIndex)} run={runId} task={taskId} />
  );
};

export default Lineage;
