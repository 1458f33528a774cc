import type { Page } from "@/app/page";

export const page: Page = {
  path: "reviews",
  title: "Reviews",
  nav: "Reviews",
  load: () => import("./index"),
};
