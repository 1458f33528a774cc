import type { Page } from "@/app/page";

export const page: Page = {
  path: "lineage",
  title: "Lineage",
  nav: "Lineage",
  load: () => import("./index"),
};
