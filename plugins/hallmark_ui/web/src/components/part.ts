/** The first of many rows: a browser draws some hundreds at once, and nobody reads two thousand. */
import { useState } from "react";
import type { More } from "./ShowMore";

type Part<Row> = { readonly more: More | undefined; readonly shown: readonly Row[] };

/** So many rows, and as many again with each click on "Show more". */
export function usePart<Row>(rows: readonly Row[], size: number): Part<Row> {
  const [most, setMost] = useState(size);
  const left = rows.length - most;
  return {
    more:
      left > 0
        ? {
            left,
            load: () => {
              setMost(most + size);
            },
            loading: false,
          }
        : undefined,
    shown: left > 0 ? rows.slice(0, most) : rows,
  };
}
