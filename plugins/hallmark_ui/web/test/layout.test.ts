/** The layers of the graph. */
import { expect, test } from "vitest";
import { place } from "@/graph/layout.worker";

test("what is made of something stands right of it, and no two nodes lie over each other", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, width: 100, height: 40 }));
  const [a, b, c] = place(nodes, [["a", "b"], ["a", "c"]]);
  expect(b?.x).toBeGreaterThanOrEqual((a?.x ?? 0) + 100);
  expect(Math.abs((b?.y ?? 0) - (c?.y ?? 0))).toBeGreaterThanOrEqual(40);
});
