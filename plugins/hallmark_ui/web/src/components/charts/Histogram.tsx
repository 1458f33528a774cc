/** How a column's values are spread, beside an earlier spread if there is one. */
import { figure } from "../time";
import { COLOURS } from "./colours";

type Props = {
  /** Of an earlier version, on the same edges; drawn as an outline. */
  readonly before?: readonly number[];
  readonly counts: readonly number[];
  /** One more than the counts; times are text. */
  readonly edges: readonly (number | string)[];
  readonly height?: number;
  readonly label: string;
  readonly width?: number;
};

const TEXT = 14;
// A style: the attribute would give way to the font size of Airflow's page.
const LABEL = { fontSize: 10 };

/** The outline of bars, from left to right. */
function outline(shares: readonly number[], step: number, y: (share: number) => number, floor: number): string {
  const tops = shares.map((share, place) => `V${y(share).toFixed(1)}H${((place + 1) * step).toFixed(1)}`);
  return `M0,${floor}${tops.join("")}V${floor}`;
}

// Of a time the day is enough.
const edge = (at: number | string | undefined): string => (typeof at === "string" ? at.slice(0, 10) : figure(at));

const shares = (counts: readonly number[]): readonly number[] => {
  const all = counts.reduce((sum, value) => sum + value, 0);
  return counts.map((value) => (all > 0 ? value / all : 0));
};

export const Histogram = ({ before, counts, edges, height = 96, label, width = 240 }: Props) => {
  const [now, then] = [shares(counts), before === undefined ? [] : shares(before)];
  const most = Math.max(Number.EPSILON, ...now, ...then);
  const floor = height - TEXT;
  const step = width / Math.max(1, counts.length);
  const y = (share: number) => floor - (share / most) * (floor - 1);
  return (
    <svg aria-label={label} height={height} role="img" width={width}>
      {now.map((share, place) => (
        <rect
          fill={COLOURS.accent}
          height={floor - y(share)}
          key={place}
          opacity={0.8}
          width={Math.max(1, step - 1)}
          x={place * step}
          y={y(share)}
        />
      ))}
      {then.length > 0 ? (
        <path d={outline(then, step, y, floor)} fill="none" stroke={COLOURS.warned} strokeWidth={1.5} />
      ) : undefined}
      <line stroke={COLOURS.axis} x1={0} x2={width} y1={floor} y2={floor} />
      <text fill={COLOURS.text} style={LABEL} x={0} y={height - 2}>{edge(edges[0])}</text>
      <text fill={COLOURS.text} style={LABEL} textAnchor="end" x={width} y={height - 2}>{edge(edges.at(-1))}</text>
    </svg>
  );
};
