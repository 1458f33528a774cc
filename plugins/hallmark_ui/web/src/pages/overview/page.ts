import type { Page } from "@/app/page";

export const page: Page = { path: "overview", title: "Overview", nav: "Overview", load: () => import("./index") };
