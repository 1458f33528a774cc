/** Answers are kept for a while: Airflow mounts a page anew at every address. */
import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const TRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // What was refused will be refused again.
      retry: (failures, error) => failures < TRIES && !(error instanceof Problem && error.status < 500),
    },
    mutations: { retry: false },
  },
});
