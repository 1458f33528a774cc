/** Shows what a query has brought, or that it has not yet, or why it will not. */
import type { ReactNode } from "react";
import { ended } from "@/api/problem";
import { ErrorState, type Back } from "./ErrorState";
import { Loading } from "./Loading";

type Query<Data> = {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
};

type Props<Data> = {
  /** Where to go on where there is nothing of that name. */
  readonly back?: Back;
  readonly children: (data: Data) => ReactNode;
  readonly query: Query<Data>;
  /** What stands there meanwhile; rows of a skeleton otherwise. */
  readonly waiting?: ReactNode;
};

export function Loaded<Data>({ back, children, query, waiting }: Props<Data>): ReactNode {
  if (query.data !== undefined) {
    return children(query.data);
  }
  if (query.error instanceof Error) {
    // The banner over the page says it for all that has asked.
    return ended(query.error) ? undefined : <ErrorState back={back} error={query.error} retry={() => void query.refetch()} />;
  }
  return waiting ?? <Loading />;
}
