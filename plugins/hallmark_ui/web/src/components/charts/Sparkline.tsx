/** A course of figures at a glance; gaps where there is none. */
import { COLOURS } from "./colours";

type Props = {
  readonly colour?: string;
  readonly height?: number;
  /** What it shows, for a reader that does not see it. */
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly width?: number;
};

const EDGE = 2;

export const Sparkline = ({ colour = COLOURS.accent, height = 24, label, values, width = 96 }: Props) => {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (place: number) => EDGE + (place * (width - 2 * EDGE)) / Math.max(1, values.length - 1);
  const y = (value: number) =>
    high === low ? height / 2 : height - EDGE - ((value - low) / (high - low)) * (height - 2 * EDGE);
  const line = values
    .map((value, place) => {
      const pen = place === 0 || values[place - 1] === null ? "M" : "L";
      return value === null ? "" : `${pen}${x(place).toFixed(1)},${y(value).toFixed(1)}`;
    })
    .join("");
  const last = values.at(-1);
  return (
    <svg aria-label={label} height={height} role="img" width={width}>
      <path d={line} fill="none" stroke={colour} strokeLinejoin="round" strokeWidth={1.5} />
      {last === null || last === undefined ? undefined : (
        <circle cx={x(values.length - 1)} cy={y(last)} fill={colour} r={2} />
      )}
    </svg>
  );
};
