/** The kinds of things that wait, and what the pages know of each. */
import { at } from "@/app/paths";
import type { components } from "@/api/schema";

export type Review = components["schemas"]["Review"];
export type Action = "release" | "discard";

type About = {
  /** Where it is looked at and decided on. */
  readonly to: (review: Review) => string;
  /** Where what it is about is shown. */
  readonly thing: (review: Review) => string;
};

const taskOf = (review: Review): string => at.task(review.dag_id, review.run_id, review.task_id, review.map_index);

/** A kind of the API's registry that is not here is shown with its task instance. */
const KINDS: Readonly<Record<string, About>> = {
  quarantine: {
    thing: (review) => at.dataset(review.name),
    to: (review) => at.batch(review.name, review.receipt_id ?? ""),
  },
  question: {
    thing: taskOf,
    to: (review) => at.question(review.dag_id, review.run_id, review.task_id, review.map_index),
  },
};

const OTHER: About = { thing: taskOf, to: (review) => review.url ?? taskOf(review) };

export const aboutOf = (review: Review): About => KINDS[review.kind] ?? OTHER;

type Told = { readonly label: string; readonly palette: string; readonly past: string; readonly what: string };

/** What can be decided on a batch, in words. */
export const ACTIONS: Readonly<Record<Action, Told>> = {
  release: {
    label: "Release",
    palette: "brand",
    past: "Released",
    what: "The rows are held against their suite again and published with the rest, under a receipt of their own.",
  },
  discard: {
    label: "Discard",
    palette: "red",
    past: "Discarded",
    what: "The rows are taken out of quarantine for good. What was published stays as it is.",
  },
};

/** What was decided, of a result's state. */
export const isAction = (action: string): action is Action => action in ACTIONS;
