/** What every component of ours stands in: the client of the API, and a message where one breaks. */
import { QueryClientProvider } from "@tanstack/react-query";
import { Component, Suspense, type PropsWithChildren, type ReactNode } from "react";
import { Banner } from "@/components/Banner";
import { Loading } from "@/components/Loading";
import { ErrorState } from "@/components/ErrorState";
import { queryClient } from "@/api/queryClient";

type Broken = { readonly error: Error | null };

class Boundary extends Component<PropsWithChildren, Broken> {
  override state: Broken = { error: null };

  static getDerivedStateFromError(error: unknown): Broken {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    return this.state.error ? <ErrorState error={this.state.error} /> : this.props.children;
  }
}

/** Wrap a component that Airflow mounts. */
export const Root = ({ children }: PropsWithChildren) => (
  <QueryClientProvider client={queryClient}>
    <Banner />
    <Boundary>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </Boundary>
  </QueryClientProvider>
);
