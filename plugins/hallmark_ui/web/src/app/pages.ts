/** The table of all pages: every `pages/<name>/page.ts` there is, in the order of the sub-navigation. */
import type { Page } from "./page";

const ORDER = ["overview", "datasets", "lineage", "quality", "models", "reviews", "receipts"];

const found = import.meta.glob<Page>("../pages/*/page.ts", { eager: true, import: "page" });

const section = (page: Page): string => page.path.split("/")[0] ?? "";
const position = (page: Page): number => {
  const place = ORDER.indexOf(section(page));
  return place < 0 ? ORDER.length : place;
};

export const pages: readonly Page[] = Object.values(found).sort(
  (one, other) => position(one) - position(other) || one.path.localeCompare(other.path),
);

/** The pages of the sub-navigation. */
export const sections: readonly (Page & { readonly nav: string })[] = pages.filter(
  (page): page is Page & { readonly nav: string } => page.nav !== undefined,
);
