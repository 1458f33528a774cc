/** Times and figures as text. */
import { locale } from "@/app/host";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [365 * DAY, "year"],
  [30 * DAY, "month"],
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
  [1, "second"],
];

/** Formats are kept: one is dearer to make than a hundred texts by it. */
function kept<Options, Format>(make: (language: string, options: Options) => Format): (language: string, options: Options) => Format {
  const known = new Map<string, Format>();
  return (language, options) => {
    const key = `${language} ${JSON.stringify(options)}`;
    const format = known.get(key) ?? make(language, options);
    known.set(key, format);
    return format;
  };
}

const dates = kept((language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options));
const numbers = kept((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options));

/** As Airflow writes a time: 2026-03-01 08:15:00, in a zone. */
export function absolute(at: string | Date, zone: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? ""
    : // The Swedish way to write a date is ISO 8601.
      dates("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone }).format(date);
}

/** How long ago, or in how long: "3 hours ago". */
export function relative(at: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  const [size, unit] = STEPS.find(([step]) => Math.abs(seconds) >= step) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** A length of time as Airflow shows it: 00:01:18; with the fraction below a minute. */
export function duration(seconds: number): string {
  if (seconds < MINUTE) {
    return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  }
  const whole = Math.round(seconds);
  return [whole / HOUR, (whole % HOUR) / MINUTE, whole % MINUTE]
    .map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
}

const PROMISES: readonly (readonly [number, string])[] = [
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
];

/** A promise in words: 86400 is "1 day". */
export function span(seconds: number): string {
  const [size, unit] = PROMISES.find(([step]) => seconds >= step && seconds % step === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A figure with its separators: 1,458; null where there is none. */
export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : numbers(locale(), {}).format(value);

/** "1 row", "1,458 rows". */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** A figure of a model or a column, in four digits that matter. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? ""
    : numbers(locale(), { maximumSignificantDigits: 4 }).format(value);

/** A share of 1 in per cent. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined
    ? ""
    : numbers(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share);

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A size on disk: 24.9 kB. */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) {
    return "";
  }
  const power = Math.min(UNITS.length - 1, size > 0 ? Math.floor(Math.log10(size) / 3) : 0);
  const style = { style: "unit", unit: UNITS[power], unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return numbers(locale(), style).format(size / 1000 ** power);
}
