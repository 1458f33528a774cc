/** Four ways to look at the same state: what each kind of reader has to know first. */

export const BLOCKS = ["attention", "trend", "freshness", "models", "reliance", "setbacks"] as const;
export type Block = (typeof BLOCKS)[number];
export type Kind = "failed_gate" | "stale" | "model" | "review";

export type View = {
  readonly about: string;
  readonly blocks: readonly Block[];
  /** What needs attention, in the order in which it matters to them. */
  readonly kinds: readonly Kind[];
  readonly label: string;
};

export const VIEWS = {
  operations: {
    label: "Operations",
    about: "What has stopped or is late, and what waits for a decision.",
    kinds: ["failed_gate", "stale", "review", "model"],
    blocks: ["attention", "setbacks", "trend", "freshness"],
  },
  ml: {
    label: "ML Engineer",
    about: "Which models are in use, which challenge them, and whether their data held.",
    kinds: ["model", "failed_gate", "review", "stale"],
    blocks: ["models", "attention", "trend"],
  },
  science: {
    label: "Data Scientist",
    about: "Which data is there, how new it is, and which of it held at the gate.",
    kinds: ["failed_gate", "stale", "model", "review"],
    blocks: ["reliance", "freshness", "attention"],
  },
  business: {
    label: "Business Owner",
    about: "Whether the figures can be relied on today, and what was kept out of them.",
    kinds: ["stale", "failed_gate", "review", "model"],
    blocks: ["reliance", "setbacks", "attention"],
  },
} as const satisfies Readonly<Record<string, View>>;

export type ViewName = keyof typeof VIEWS;

const FIRST: ViewName = "operations";
const place = (user: string): string => `hallmark.view.${user}`;
const isView = (name: string | null): name is ViewName => name !== null && Object.hasOwn(VIEWS, name);

/** The view that a user chose last on this machine. */
export function remembered(user: string): ViewName {
  const kept = localStorage.getItem(place(user));
  return isView(kept) ? kept : FIRST;
}

export function remember(user: string, view: ViewName): void {
  localStorage.setItem(place(user), view);
}
