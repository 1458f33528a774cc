import type { Page } from "@/app/page";

export const page: Page = {
  path: "receipts/:id",
  title: "Receipt",
  load: () => import("./index"),
};
