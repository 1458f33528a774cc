import type { Page } from "@/app/page";

export const page: Page = { path: "datasets/:name/:tab?", title: "Dataset", load: () => import("./index") };
