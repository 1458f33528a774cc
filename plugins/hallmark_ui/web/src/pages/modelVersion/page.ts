import type { Page } from "@/app/page";

export const page: Page = {
  path: "models/:name/versions/:version",
  title: "Model version",
  load: () => import("./index"),
};
