/** A description that a person wrote, safe to show. */
import { lazy, Suspense } from "react";

const MarkdownText = lazy(() => import("./MarkdownText"));

export const Markdown = ({ children }: { readonly children: string }) => (
  <Suspense fallback={children}>
    <MarkdownText>{children}</MarkdownText>
  </Suspense>
);
