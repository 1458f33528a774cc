/** Places of nodes that follow the graph: the old ones stay until the new are counted. */
import { useEffect, useState } from "react";
import type { Edge } from "./model";
import { layout, type Placed, type Sized } from "./layout";

export type Places = ReadonlyMap<string, Placed>;
export type Laid = { readonly places: Places; readonly error?: Error };

/** Shift the new places so that what was looked at stays where it was. */
function anchored(before: Places, placed: readonly Placed[], anchor: string | undefined): Places {
  const was = anchor === undefined ? undefined : before.get(anchor);
  const is = placed.find(({ id }) => id === anchor);
  const [x, y] = was === undefined || is === undefined ? [0, 0] : [was.x - is.x, was.y - is.y];
  return new Map(placed.map((node) => [node.id, { ...node, x: node.x + x, y: node.y + y }]));
}

export function useLayout(nodes: readonly Sized[], edges: readonly Edge[], anchor?: string): Laid {
  const [laid, setLaid] = useState<Laid>({ places: new Map() });
  // By value: the same graph drawn again is not laid out again.
  const asked = JSON.stringify([nodes, edges]);
  useEffect(() => {
    let current = true;
    const [sized, lines] = JSON.parse(asked) as [Sized[], Edge[]];
    layout(sized, lines).then(
      (placed) => {
        if (current) {
          setLaid(({ places }) => ({ places: anchored(places, placed, anchor) }));
        }
      },
      (error: unknown) => {
        if (current) {
          setLaid({ error: error instanceof Error ? error : new Error(String(error)), places: new Map() });
        }
      },
    );
    return () => {
      current = false;
    };
    // The anchor is where one looks when the graph changes; on its own it moves nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked]);
  return laid;
}
