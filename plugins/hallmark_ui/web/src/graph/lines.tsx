/** Lines of the graph: between nodes, and between columns, which end at rows of their nodes. */
import { BaseEdge, getBezierPath, Position, type Edge, type EdgeProps } from "@xyflow/react";
import { colour } from "@/components/charts";

type Ends = { readonly sourceY?: number; readonly targetY?: number; readonly look: "plain" | "lit" | "dimmed" | "failed" };
export type Line = Edge<Ends, "line">;

const LOOKS = {
  dimmed: { opacity: 0.25, stroke: colour("border.emphasized"), strokeWidth: 1 },
  failed: { opacity: 1, stroke: colour("failed.solid"), strokeWidth: 2.5 },
  lit: { opacity: 1, stroke: colour("brand.solid"), strokeWidth: 1.5 },
  plain: { opacity: 1, stroke: colour("fg.subtle"), strokeWidth: 1.5 },
} as const;

export const LineOf = ({ data, id, markerEnd, sourceX, sourceY, targetX, targetY }: EdgeProps<Line>) => {
  const [path] = getBezierPath({
    sourcePosition: Position.Right,
    sourceX,
    sourceY: data?.sourceY ?? sourceY,
    targetPosition: Position.Left,
    targetX,
    targetY: data?.targetY ?? targetY,
  });
  return <BaseEdge id={id} interactionWidth={0} markerEnd={markerEnd} path={path} style={LOOKS[data?.look ?? "plain"]} />;
};
