/** Colours of Airflow's theme for drawings: they follow light and dark by themselves. */

/** A colour of the theme as a drawing takes it: `colour("success.solid")`. */
export const colour = (token: string): string => `var(--chakra-colors-${token.replaceAll(".", "-")})`;

export const COLOURS = {
  accent: colour("fg.info"),
  axis: colour("border.emphasized"),
  before: colour("gray.400"),
  failed: colour("failed.solid"),
  muted: colour("bg.emphasized"),
  none: colour("border.emphasized"),
  passed: colour("success.solid"),
  text: colour("fg.muted"),
  warned: colour("warning.solid"),
} as const;
