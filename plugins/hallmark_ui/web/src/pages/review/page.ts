import type { Page } from "@/app/page";

export const page: Page = {
  path: "reviews/quarantine/:dataset/:receipt",
  title: "Rows in quarantine",
  load: () => import("./index"),
};
