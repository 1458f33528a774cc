import type { Page } from "@/app/page";

export const page: Page = {
  path: "datasets",
  title: "Datasets",
  nav: "Datasets",
  load: () => import("./index"),
};
