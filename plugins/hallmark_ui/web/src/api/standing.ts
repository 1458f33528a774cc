/** Whether the API answers: said once for a page, however many of its parts have asked. */
import { useQueryClient, type QueryCache } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { ended, unreachable } from "./problem";

/** "unreachable": what is shown was true a while ago. */
export type Standing = "well" | "ended" | "unreachable";

function standingOf(cache: QueryCache): Standing {
  const shown = cache.getAll().filter((query) => query.isActive());
  if (shown.some(({ state }) => ended(state.error))) {
    return "ended";
  }
  // What was never there says so itself, in its place.
  return shown.some(({ state }) => state.data !== undefined && unreachable(state.error)) ? "unreachable" : "well";
}

export function useStanding(): Standing {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((changed: () => void) => cache.subscribe(changed), [cache]);
  return useSyncExternalStore(subscribe, () => standingOf(cache));
}
