/** Answers are kept for a while: Airflow mounts a page anew at every address. */
import { QueryClient } from "@tanstack/react-query";
import { slowly } from "./live";
import { ended, Problem } from "./problem";

const TRIES = 1;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was out of reach is tried again by itself.
      refetchInterval: (query) => slowly(query.state.error) ?? false,
      // Whoever has logged in again elsewhere comes back to a page that works.
      refetchOnWindowFocus: (query) => (ended(query.state.error) ? "always" : false),
      // What was refused will be refused again.
      retry: (failures, error) => failures < TRIES && !(error instanceof Problem && error.status < 500),
    },
    mutations: { retry: false },
  },
});
