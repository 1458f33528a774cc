/** The layers of the graph. */
import { expect, test } from "vitest";
import { place } from "@/graph/layout.worker";

test("what is made of something stands right of it, and no two nodes lie over each other", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, width: 100, height: 40 }));
  const [a, b, c] = place(nodes, [["a", "b"], ["a", "c"]]);
  expect(b?.x).toBeGreaterThanOrEqual((a?.x ?? 0) + 100);
  expect(Math.abs((b?.y ?? 0) - (c?.y ?? 0))).toBeGreaterThanOrEqual(40);
});

test("a large graph is laid out in columns at once: data flows to the right, nothing overlaps, circles end", () => {
  const many = Array.from({ length: 3000 }, (_, place) => ({ height: 66, id: `n${place}`, width: 240 }));
  const chain = many.slice(1).map(({ id }, place) => [`n${Math.floor(place / 2)}`, id] as const);
  const started = performance.now();
  const placed = new Map(place(many, [...chain, ["n2999", "n1400"], ["n1400", "n2999"], ["n7", "n7"]]).map((node) => [node.id, node]));
  expect(performance.now() - started).toBeLessThan(1000);
  expect(placed.size).toBe(3000);
  expect(chain.slice(0, 1000).every(([from, to]) => (placed.get(from)?.x ?? 0) < (placed.get(to)?.x ?? 0))).toBe(true);
  expect(new Set([...placed.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(3000);
});
