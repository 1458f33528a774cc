import type { Page } from "@/app/page";

export const page: Page = { path: "quality", title: "Quality", nav: "Quality", load: () => import("./index") };
