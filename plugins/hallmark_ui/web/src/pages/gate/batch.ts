/** Where the rows are that a gate has kept out. */
import { at } from "@/app/paths";

export const batchAt = (dataset: string, receipt: string): string =>
  at.page(`reviews/quarantine/${encodeURIComponent(dataset)}/${encodeURIComponent(receipt)}`);
