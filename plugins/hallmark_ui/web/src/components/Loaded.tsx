/** Shows what a query has brought, or that it has not yet, or why it will not. */
import type { ReactNode } from "react";
import { ErrorState } from "./ErrorState";
import { Loading } from "./Loading";

type Query<Data> = {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
};

type Props<Data> = {
  readonly children: (data: Data) => ReactNode;
  readonly query: Query<Data>;
  /** What stands there meanwhile; rows of a skeleton otherwise. */
  readonly waiting?: ReactNode;
};

export function Loaded<Data>({ children, query, waiting }: Props<Data>): ReactNode {
  if (query.data !== undefined) {
    return children(query.data);
  }
  if (query.error instanceof Error) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  }
  return waiting ?? <Loading />;
}
