import type { Page } from "@/app/page";

export const page: Page = { path: "quality/:receipt", title: "Gate Run", load: () => import("./index") };
