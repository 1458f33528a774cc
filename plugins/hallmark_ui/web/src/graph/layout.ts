/** Places the nodes of a graph, in a worker: the page stays quick while it counts. */
import type { Placed, Sized } from "./layout.worker";

export type { Placed, Sized } from "./layout.worker";

type Answer = { readonly id: number; readonly placed: readonly Placed[] };
type Waiting = { readonly resolve: (placed: readonly Placed[]) => void; readonly reject: (error: Error) => void };

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let last = 0;

function started(): Worker {
  if (worker === undefined) {
    // The address is relative to this module, so it holds below any prefix of Airflow's.
    worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module", name: "hallmark-layout" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.resolve(data.placed);
      waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      waiting.forEach(({ reject }) => {
        reject(new Error(event.message || "The layout has failed."));
      });
      waiting.clear();
      worker = undefined;
    };
  }
  return worker;
}

/** The places of the nodes, from left to right along the edges. */
export function layout(
  nodes: readonly Sized[],
  edges: readonly (readonly [string, string])[],
): Promise<readonly Placed[]> {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    started().postMessage({ edges, id, nodes });
  });
}
