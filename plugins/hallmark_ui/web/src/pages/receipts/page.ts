import type { Page } from "@/app/page";

export const page: Page = {
  path: "receipts",
  title: "Receipts",
  nav: "Receipts",
  load: () => import("./index"),
};
