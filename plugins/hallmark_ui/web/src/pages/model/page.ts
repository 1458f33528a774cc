import type { Page } from "@/app/page";

export const page: Page = {
  path: "models/:name",
  title: "Model",
  load: () => import("./index"),
};
