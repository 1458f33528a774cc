/** The tab Quality of a DAG, of a run, and of a task instance. */
import { Box } from "@chakra-ui/react";
import { publish, type HostProps } from "@/app/publish";
import { DagQuality } from "./quality/DagQuality";
import { RunQuality } from "./quality/RunQuality";
import { TaskQuality } from "./quality/TaskQuality";

const Quality = ({ dagId = "", mapIndex = "-1", runId, taskId }: HostProps) => {
  if (runId === undefined) {
    return <DagQuality dag={dagId} />;
  }
  return taskId === undefined ? (
    <RunQuality dag={dagId} run={runId} />
  ) : (
    <TaskQuality dag={dagId} mapIndex={Number(mapIndex)} run={runId} task={taskId} />
  );
};

publish("Quality", (props) => (
  <Box p={2}>
    <Quality {...props} />
  </Box>
));
