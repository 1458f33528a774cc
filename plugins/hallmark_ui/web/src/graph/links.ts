/** Where a node of the graph leads to within Airflow. */
import { at } from "@/app/paths";
import type { GraphNode } from "./model";

type Way = { readonly label: string; readonly to: string };

/** Pages of a node: Hallmark's of a dataset or model, Airflow's of a task and its Dag. */
export function pagesOf(node: GraphNode): readonly Way[] {
  if (node.hallmark !== undefined) {
    return [
      node.kind === "model"
        ? { label: "Open Model", to: at.model(node.hallmark) }
        : { label: "Open Dataset", to: at.dataset(node.hallmark) },
    ];
  }
  if (node.dag === undefined) {
    return [];
  }
  const dag = { label: "Open Dag", to: at.dag(node.dag) };
  return node.task === undefined
    ? [dag]
    : [{ label: "Open Task", to: `${at.dag(node.dag)}/tasks/${encodeURIComponent(node.task)}` }, dag];
}
