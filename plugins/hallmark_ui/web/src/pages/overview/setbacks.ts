/** What did not come through, and whether it has since. */
import type { components } from "@/api/schema";

type Receipt = components["schemas"]["ReceiptItem"];
export type Setback = { readonly receipt: Receipt; /** The run that brought it after all. */ readonly mended: Receipt | undefined };

const thing = (receipt: Receipt): string => [receipt.output_name ?? `${receipt.dag_id}.${receipt.task_id}`, receipt.output_partition ?? ""].join("\n");

/** The newest setback of each output and partition, with what was published in its place afterwards. */
export function setbacksOf(stopped: readonly Receipt[], published: readonly Receipt[], told: ReadonlySet<string>): readonly Setback[] {
  const newest = new Map<string, Receipt>();
  stopped.forEach((receipt) => {
    const before = newest.get(thing(receipt));
    // What the gate refused says more than a failure of the same stage afterwards.
    if (before === undefined || (before.state !== "refused" && receipt.state === "refused")) {
      newest.set(thing(receipt), receipt);
    }
  });
  return [...newest.values()]
    .filter(({ id }) => !told.has(id))
    .map((receipt) => ({
      mended: published.find((each) => thing(each) === thing(receipt) && each.started_at > receipt.started_at),
      receipt,
    }));
}
