/** What the catalog knows of the datasets and models of a graph. */
import { useMemo } from "react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import type { Graph, GraphNode } from "./model";

const MOST = 200;

type Dataset = components["schemas"]["DatasetItem"];
type Model = components["schemas"]["ModelItem"];
type Facts = Pick<GraphNode, "owner" | "state" | "version"> & { readonly failed: boolean };

const standing = (success: boolean | null, late: boolean): string | undefined =>
  success === false ? "UNMET" : late ? "LATE" : success === null ? undefined : "PASSED";

const ofDataset = (row: Dataset): Facts => ({
  failed: row.last_gate_success === false,
  owner: row.owner ?? undefined,
  state: standing(row.last_gate_success, row.stale === true),
  version: row.latest_version ?? undefined,
});

const ofModel = (row: Model): Facts => ({
  failed: row.gate_success === false,
  owner: row.owner ?? undefined,
  state: standing(row.gate_success, false),
  version: (row.challenger ?? row.champion)?.version,
});

/** What the catalog knows, by `kind:name`; nothing while it is not there. */
export function useFacts(): ReadonlyMap<string, Facts> {
  const params = { params: { query: { limit: MOST } } };
  const datasets = api.useQuery("get", "/api/v1/catalog/datasets", params).data;
  const models = api.useQuery("get", "/api/v1/models", params).data;
  return useMemo(
    () =>
      new Map([
        ...(datasets?.items ?? []).map((row) => [`dataset:${row.name}`, ofDataset(row)] as const),
        ...(models?.items ?? []).map((row) => [`model:${row.name}`, ofModel(row)] as const),
      ]),
    [datasets, models],
  );
}

/** A graph with the catalog's facts; what is of the past keeps its version and has no state of today. */
export function enriched(graph: Graph, facts: ReadonlyMap<string, Facts>): Graph {
  const nodes = [...graph.nodes].map(([id, node]): [string, GraphNode] => {
    const told = node.hallmark === undefined || node.at !== undefined ? undefined : facts.get(`${node.kind}:${node.hallmark}`);
    return [id, told === undefined ? node : { ...node, ...told, owner: told.owner ?? node.owner }];
  });
  return { ...graph, nodes: new Map(nodes) };
}
