/** What a page tells of itself, in `pages/<name>/page.ts`. */
import type { ComponentType } from "react";

export type Page = {
  /** Below /plugin/hallmark, in the router's form: "datasets/:name". */
  readonly path: string;
  /** Of the browser's tab. */
  readonly title: string;
  /** Its label in the sub-navigation; pages of one thing have none. */
  readonly nav?: string;
  /** Loads the component: a file of its own that is fetched when the page is opened. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
};
