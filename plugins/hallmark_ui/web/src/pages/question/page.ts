import type { Page } from "@/app/page";

export const page: Page = {
  path: "reviews/questions/:dag/:run/:task/:map",
  title: "Question",
  load: () => import("./index"),
};
