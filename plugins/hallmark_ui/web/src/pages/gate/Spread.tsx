/** A column's values as they were spread, the bounds that an expectation sets, and where it was broken. */
import { HStack, Stack, Text } from "@chakra-ui/react";
import { COLOURS } from "@/components/charts";
import { shown } from "./words";

type Props = {
  readonly counts: readonly number[];
  readonly edges: readonly number[];
  readonly from: string;
  readonly high: number | null;
  readonly label: string;
  readonly low: number | null;
  /** One figure that the bounds are about, such as the mean. */
  readonly observed: number | null;
  /** Values that broke it. */
  readonly values: readonly number[];
};

const WIDTH = 420;
const HEIGHT = 110;
const FLOOR = HEIGHT - 16;
const LABEL = { fontSize: 10 };
// A bound further out than this many times the spread would press the bars to a line.
const REACH = 1;

/** The part of the axis that is drawn: the values, and what lies near them. */
function extent(edges: readonly number[], others: readonly number[]): readonly [number, number] {
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const spread = last - first || 1;
  const near = others.filter((one) => one >= first - REACH * spread && one <= last + REACH * spread);
  const [least, most] = [Math.min(first, ...near), Math.max(last, ...near)];
  const edge = (most - least || 1) * 0.03;
  return [least - edge, most + edge];
}

type Mark = { readonly anchor: "end" | "start"; readonly at: number };

// Room for a label of a bound before it runs out of the drawing.
const ROOM = 40;

/** The drawing alone. */
const Drawing = ({ counts, edges, high, label, low, observed, values }: Omit<Props, "from">) => {
  const bounds = [low, high].filter((one) => one !== null);
  const [least, most] = extent(edges, [...bounds, ...values, ...(observed === null ? [] : [observed])]);
  const x = (value: number) => ((Math.min(most, Math.max(least, value)) - least) / (most - least)) * WIDTH;
  const tallest = Math.max(1, ...counts);
  const marks: readonly Mark[] = [
    ...(low === null ? [] : [{ anchor: x(low) < ROOM ? ("start" as const) : ("end" as const), at: low }]),
    ...(high === null ? [] : [{ anchor: x(high) > WIDTH - ROOM ? ("end" as const) : ("start" as const), at: high }]),
  ];
  return (
    <svg aria-label={label} height={HEIGHT} role="img" style={{ maxWidth: "100%" }} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH}>
      {low === null ? undefined : <rect fill={COLOURS.failed} height={FLOOR} opacity={0.12} width={x(low)} x={0} y={0} />}
      {high === null ? undefined : (
        <rect fill={COLOURS.failed} height={FLOOR} opacity={0.12} width={WIDTH - x(high)} x={x(high)} y={0} />
      )}
      {counts.map((value, place) => {
        const [start, end] = [x(edges[place] ?? 0), x(edges[place + 1] ?? 0)];
        const height = (value / tallest) * (FLOOR - 6);
        return (
          <rect fill={COLOURS.accent} height={height} key={place} opacity={0.8} width={Math.max(1, end - start - 1)} x={start} y={FLOOR - height} />
        );
      })}
      <line stroke={COLOURS.axis} x1={0} x2={WIDTH} y1={FLOOR} y2={FLOOR} />
      {values.map((value, place) => (
        <line key={place} stroke={COLOURS.failed} strokeWidth={1.5} x1={x(value)} x2={x(value)} y1={FLOOR - 14} y2={FLOOR} />
      ))}
      {marks.map((mark, place) => (
        <g key={place}>
          <line stroke={COLOURS.failed} strokeDasharray="4 2" x1={x(mark.at)} x2={x(mark.at)} y1={0} y2={FLOOR} />
          <text fill={COLOURS.text} style={LABEL} textAnchor={mark.anchor} x={x(mark.at)} y={HEIGHT - 3}>
            {shown(mark.at)}
          </text>
        </g>
      ))}
      {observed === null ? undefined : (
        <g>
          <line stroke={COLOURS.text} strokeWidth={2} x1={x(observed)} x2={x(observed)} y1={0} y2={FLOOR} />
        </g>
      )}
    </svg>
  );
};

export const Spread = ({ from, ...drawn }: Props) => (
  <Stack gap={1}>
    <Drawing {...drawn} />
    <HStack color="fg.muted" fontSize="xs" gap={4} wrap="wrap">
      <Text>Bars: {from}</Text>
      <Text>Shaded: not allowed</Text>
      {drawn.values.length > 0 ? <Text>Red strokes: examples of what breaks it</Text> : undefined}
      {drawn.observed === null ? undefined : <Text>Grey line: observed, {shown(drawn.observed)}</Text>}
    </HStack>
  </Stack>
);
