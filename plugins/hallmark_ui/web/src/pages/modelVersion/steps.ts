/** What happened to a version of a model, in the order of time. */
import type { components } from "@/api/schema";

type Receipt = components["schemas"]["ReceiptItem"];
type VersionPage = components["schemas"]["VersionPage"];
/** A version of the dataset that an evaluation's figures are kept in. */
export type Judged = VersionPage & { readonly name: string };

export type Step = {
  readonly at: string;
  /** "25 of 25 expectations met"; nothing where none was asked. */
  readonly checks: string | undefined;
  readonly deed: string;
  readonly origin: Pick<Receipt, "dag_id" | "map_index" | "run_id" | "task_id">;
  readonly principal: string;
  readonly receipt: string;
  readonly state: string;
};

/** By kind of stage; another kind is called by its name. */
const DEEDS: Readonly<Record<string, string>> = { deploy: "Deployed", evaluate: "Evaluated", gate: "Checked", train: "Trained" };

type Counted = { readonly checks_failed: number | null; readonly checks_passed: number | null; readonly gate_success: boolean | null };

const checks = ({ checks_failed: failed, checks_passed: passed, gate_success: held }: Counted): string | undefined =>
  held === null ? undefined : `${passed ?? 0} of ${(passed ?? 0) + (failed ?? 0)} expectations met`;

const ofReceipt = (receipt: Receipt): Step => ({
  at: receipt.finished_at ?? receipt.started_at,
  checks: checks(receipt),
  deed: DEEDS[receipt.kind] ?? receipt.kind,
  origin: receipt,
  principal: receipt.principal,
  receipt: receipt.id,
  state: receipt.state,
});

const ofJudged = (judged: Judged): Step => ({
  at: judged.published_at,
  checks: checks(judged),
  deed: "Evaluated",
  origin: judged,
  principal: judged.principal,
  receipt: judged.receipt_id,
  state: "published",
});

/** The receipts of the version itself, and those of the evaluations it was judged by. */
export function stepsOf(receipts: readonly Receipt[], judged: readonly Judged[]): readonly Step[] {
  const own = new Set(receipts.map(({ id }) => id));
  return [...receipts.map(ofReceipt), ...judged.filter(({ receipt_id: id }) => !own.has(id)).map(ofJudged)].sort((one, other) =>
    one.at.localeCompare(other.at),
  );
}
