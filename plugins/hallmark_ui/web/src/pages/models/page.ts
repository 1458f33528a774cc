import type { Page } from "@/app/page";

export const page: Page = {
  path: "models",
  title: "Models",
  nav: "Models",
  load: () => import("./index"),
};
