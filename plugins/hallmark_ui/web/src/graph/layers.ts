/** A layout in columns for graphs that are too large to be laid out well: a thousand nodes take some milliseconds. */

type Sized = { readonly id: string; readonly height: number; readonly width: number };
type Placed = Sized & { readonly x: number; readonly y: number };
type Edge = readonly [string, string];

const ACROSS = 60;
const BETWEEN = 20;
const SWEEPS = 4;

const grouped = (pairs: readonly Edge[]): ReadonlyMap<string, readonly string[]> => {
  const map = new Map<string, string[]>();
  pairs.forEach(([key, value]) => {
    const there = map.get(key);
    if (there === undefined) {
      map.set(key, [value]);
    } else {
      there.push(value);
    }
  });
  return map;
};

/** How far each node is from where the data begins, by the longest way; what lies on a circle is left where it was reached. */
function ranksOf(ids: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const down = grouped(edges);
  const open = new Map(ids.map((id) => [id, 0]));
  edges.forEach(([, to]) => open.set(to, (open.get(to) ?? 0) + 1));
  const ranks = new Map(ids.map((id) => [id, 0]));
  const ready = ids.filter((id) => open.get(id) === 0);
  for (let place = 0; place < ready.length; place += 1) {
    const from = ready[place] ?? "";
    (down.get(from) ?? []).forEach((to) => {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
      open.set(to, (open.get(to) ?? 1) - 1);
      if (open.get(to) === 0) {
        ready.push(to);
      }
    });
  }
  return ranks;
}

/** Order the nodes of each column by where their neighbours stand, there and back again. */
function untangle(columns: string[][], edges: readonly Edge[]): void {
  const up = grouped(edges.map(([from, to]) => [to, from] as const));
  const down = grouped(edges);
  const places = new Map(columns.flatMap((column) => column.map((id, place) => [id, place / column.length] as const)));
  const middle = (ids: readonly string[] | undefined, otherwise: number) =>
    ids === undefined ? otherwise : ids.reduce((sum, id) => sum + (places.get(id) ?? 0), 0) / ids.length;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    (forth ? columns : [...columns].reverse()).forEach((column) => {
      const wanted = new Map(column.map((id) => [id, middle((forth ? up : down).get(id), places.get(id) ?? 0)]));
      column.sort((one, other) => (wanted.get(one) ?? 0) - (wanted.get(other) ?? 0));
      column.forEach((id, place) => places.set(id, place / column.length));
    });
  }
}

/** Corners of the nodes, top left: columns from left to right, each in the middle of the height. */
export function layered(nodes: readonly Sized[], edges: readonly Edge[]): readonly Placed[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const within = edges.filter(([from, to]) => known.has(from) && known.has(to) && from !== to);
  const ranks = ranksOf([...known.keys()], within);
  const columns: string[][] = [];
  ranks.forEach((rank, id) => (columns[rank] ??= []).push(id));
  const filled = columns.filter((column) => column.length > 0);
  untangle(filled, within);
  const placed = new Map<string, Placed>();
  let x = 0;
  filled.forEach((column) => {
    const sized = column.flatMap((id) => known.get(id) ?? []);
    let y = -sized.reduce((sum, { height }) => sum + height + BETWEEN, 0) / 2;
    sized.forEach((node) => {
      placed.set(node.id, { ...node, x, y });
      y += node.height + BETWEEN;
    });
    x += Math.max(...sized.map(({ width }) => width)) + ACROSS;
  });
  return nodes.flatMap(({ id }) => placed.get(id) ?? []);
}
