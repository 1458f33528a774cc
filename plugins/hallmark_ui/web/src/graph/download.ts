/** The graph as a file: a drawing of its own, in the colours that are on the page. */
import { boxes, lines, type Look } from "./drawing";
import { KINDS, STATES } from "./looks";
import type { Graph } from "./model";
import { HEAD, ROW, WIDTH } from "./sizes";
import type { Places } from "./useLayout";

const MARGIN = 24;
const SCALE = 2;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** What a colour of the theme is now: a file knows no theme. */
function resolver(): (token: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(`--chakra-colors-${token.replaceAll(".", "-")}`).trim() || "gray";
}

/** The whole graph as SVG. */
export function svgOf(graph: Graph, places: Places, look: Look): string {
  const paint = resolver();
  const drawn = boxes(graph, places, look);
  const [left, top] = [Math.min(...drawn.map(({ position }) => position.x)) - MARGIN, Math.min(...drawn.map(({ position }) => position.y)) - MARGIN];
  const right = Math.max(...drawn.map(({ position }) => position.x)) + WIDTH + MARGIN;
  const bottom = Math.max(...drawn.map(({ height, position }) => position.y + (height ?? HEAD))) + MARGIN;
  const strokes = { dimmed: "border", failed: "failed.solid", lit: "brand.solid", plain: "border.emphasized" } as const;
  const paths = lines(graph, places, look).flatMap(({ data, source, target }) => {
    const [from, to] = [places.get(source), places.get(target)];
    if (from === undefined || to === undefined) {
      return [];
    }
    const [x1, y1, x2, y2] = [from.x + WIDTH, data?.sourceY ?? from.y + HEAD / 2, to.x, data?.targetY ?? to.y + HEAD / 2];
    const bend = Math.max(Math.abs(x2 - x1) / 2, 20);
    return [`<path d="M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}" fill="none" stroke="${paint(strokes[data?.look ?? "plain"])}" stroke-width="1.5"/>`];
  });
  const groups = drawn.map(({ data: { dimmed, node, rows }, height, position: { x, y } }) => {
    const state = node.state === undefined ? undefined : STATES[node.state];
    const version = node.at ?? node.version;
    const told = [KINDS[node.kind].label, version === undefined ? undefined : `version ${version.slice(0, 8)}`, node.owner, state?.label];
    const frame = node.failed ? "failed.solid" : "border.emphasized";
    const columns = rows.columns.map(
      ({ name }, place) => `<text x="12" y="${HEAD + (place + 0.7) * ROW}" font-size="12" fill="${paint("fg")}">${escaped(cut(name, 32))}</text>`,
    );
    return (
      `<g transform="translate(${x},${y})" opacity="${dimmed ? 0.3 : 1}"><title>${escaped(node.name)}</title>` +
      `<rect width="${WIDTH}" height="${height ?? HEAD}" rx="5" fill="${paint("bg")}" stroke="${paint(frame)}" stroke-width="${node.failed ? 2 : 1}"/>` +
      `<text x="12" y="27" font-size="14" font-weight="bold" fill="${paint("fg")}">${escaped(cut(node.label, 28))}</text>` +
      `<text x="12" y="49" font-size="12" fill="${paint("fg.muted")}">${escaped(cut(told.filter(Boolean).join(" · "), 38))}</text>${columns.join("")}</g>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${right - left} ${bottom - top}" width="${right - left}" height="${bottom - top}" ` +
    `font-family="sans-serif"><rect x="${left}" y="${top}" width="100%" height="100%" fill="${paint("bg")}"/>${paths.join("")}${groups.join("")}</svg>`
  );
}

async function rastered(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * SCALE, image.height * SCALE];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) {
        reject(new Error("The graph is too large for a picture: take SVG."));
      } else {
        resolve(blob);
      }
    }, "image/png");
  });
}

/** Hand the graph to the browser as a file. */
export async function download(graph: Graph, places: Places, look: Look, kind: "svg" | "png"): Promise<void> {
  if (places.size === 0) {
    return;
  }
  const svg = svgOf(graph, places, look);
  const blob = kind === "png" ? await rastered(svg) : new Blob([svg], { type: "image/svg+xml" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `lineage.${kind}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
