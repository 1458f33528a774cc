/** Expectations and what was observed, as sentences that need no manual. */
import { count, figure, percent } from "@/components/time";

type Values = Readonly<Record<string, unknown>>;
type Sentence = (values: Values) => string;

const FEW = 6;
const EXAMPLES = 3;
const GROUPED = 10_000;

function number(value: number): string {
  if (!Number.isInteger(value)) {
    return figure(value);
  }
  // A year or a clock time is no quantity: 2013, and 12,500.
  return Math.abs(value) < GROUPED ? String(value) : count(value);
}

function list(values: readonly unknown[]): string {
  // "and 1 more" is longer than the one.
  const few = values.length > FEW + 1 ? FEW : values.length;
  const told = values.slice(0, few).map(shown).join(", ");
  return values.length > few ? `${told} and ${values.length - few} more` : told;
}

/** A value of the data, of an argument or of an observation, as text. */
export function shown(value: unknown): string {
  if (typeof value === "number") {
    return number(value);
  }
  if (Array.isArray(value)) {
    return list(value);
  }
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .map(([key, one]) => `${key} ${shown(one)}`)
      .join(", ");
  }
  return value === null || value === undefined ? "null" : String(value);
}

/** "between 1 and 5000", "at least 1", "more than 0", or that there are bounds. */
export function range(values: Values, low = "min_value", high = "max_value"): string {
  const [least, most] = [values[low] ?? null, values[high] ?? null];
  const above = values["strict_min"] === true ? "more than" : "at least";
  const below = values["strict_max"] === true ? "less than" : "at most";
  if (least !== null && most !== null) {
    return least === most ? shown(least) : `between ${shown(least)} and ${shown(most)}`;
  }
  if (least !== null) {
    return `${above} ${shown(least)}`;
  }
  return most === null ? "within its bounds" : `${below} ${shown(most)}`;
}

const name = (values: Values): string => shown(values["column"] ?? values["column_list"] ?? "the table");
const set = (values: Values): string => {
  const all = values["value_set"];
  return Array.isArray(all) ? `${all.length > 1 ? "one of " : ""}${list(all)}` : "one of a set";
};
const any = (values: Values, key: string): string => {
  const all = values[key];
  return Array.isArray(all) ? all.map(shown).join(" or ") : shown(all);
};
const pair = (values: Values): readonly [string, string] => [shown(values["column_A"]), shown(values["column_B"])];

/** What every row has to meet, but for a share that `mostly` allows. */
const OF_ROWS: Readonly<Record<string, Sentence>> = {
  expect_column_pair_values_a_to_be_greater_than_b: (v) =>
    `${pair(v)[0]} is greater than ${v["or_equal"] === true ? "or equal to " : ""}${pair(v)[1]}`,
  expect_column_pair_values_to_be_equal: (v) => `${pair(v)[0]} equals ${pair(v)[1]}`,
  expect_column_pair_values_to_be_in_set: (v) => `${pair(v).join(" and ")} are one of the pairs that are allowed`,
  expect_column_value_lengths_to_be_between: (v) => `the length of ${name(v)} is ${range(v)}`,
  expect_column_value_lengths_to_equal: (v) => `the length of ${name(v)} is ${shown(v["value"])}`,
  expect_column_value_z_scores_to_be_less_than: (v) =>
    `${name(v)} lies less than ${shown(v["threshold"])} standard deviations from its mean`,
  expect_column_values_to_be_between: (v) => `${name(v)} is ${range(v)}`,
  expect_column_values_to_be_dateutil_parseable: (v) => `${name(v)} reads as a date`,
  expect_column_values_to_be_decreasing: (v) => `${name(v)} never rises`,
  expect_column_values_to_be_in_set: (v) => `${name(v)} is ${set(v)}`,
  expect_column_values_to_be_in_type_list: (v) => `${name(v)} is of the type ${any(v, "type_list")}`,
  expect_column_values_to_be_increasing: (v) => `${name(v)} never falls`,
  expect_column_values_to_be_json_parseable: (v) => `${name(v)} is JSON`,
  expect_column_values_to_be_null: (v) => `${name(v)} is null`,
  expect_column_values_to_be_of_type: (v) => `${name(v)} is of the type ${shown(v["type_"])}`,
  expect_column_values_to_match_json_schema: (v) => `${name(v)} has the form of its JSON schema`,
  expect_column_values_to_match_like_pattern: (v) => `${name(v)} is like ${shown(v["like_pattern"])}`,
  expect_column_values_to_match_like_pattern_list: (v) => `${name(v)} is like ${any(v, "like_pattern_list")}`,
  expect_column_values_to_match_regex: (v) => `${name(v)} has the form ${shown(v["regex"])}`,
  expect_column_values_to_match_regex_list: (v) => `${name(v)} has the form ${any(v, "regex_list")}`,
  expect_column_values_to_match_strftime_format: (v) => `${name(v)} is a time written ${shown(v["strftime_format"])}`,
  expect_column_values_to_not_be_in_set: (v) => `${name(v)} is not ${set(v)}`,
  expect_column_values_to_not_be_null: (v) => `${name(v)} is not null`,
  expect_column_values_to_not_be_outliers: (v) => `${name(v)} is no outlier`,
  expect_column_values_to_not_match_like_pattern: (v) => `${name(v)} is not like ${shown(v["like_pattern"])}`,
  expect_column_values_to_not_match_like_pattern_list: (v) => `${name(v)} is not like ${any(v, "like_pattern_list")}`,
  expect_column_values_to_not_match_regex: (v) => `${name(v)} has not the form ${shown(v["regex"])}`,
  expect_column_values_to_not_match_regex_list: (v) => `${name(v)} has not the form ${any(v, "regex_list")}`,
  expect_multicolumn_sum_to_equal: (v) => `the sum of ${name(v)} is ${shown(v["sum_total"])}`,
  expect_multicolumn_values_to_be_equal: (v) => `${name(v)} are equal`,
  expect_select_column_values_to_be_unique_within_record: (v) => `${name(v)} differ from one another`,
};

/** What a column or the table as a whole has to meet. */
const OF_ALL: Readonly<Record<string, Sentence>> = {
  expect_column_distinct_values_to_be_in_set: (v) => `each value of ${name(v)} is ${set(v)}`,
  expect_column_distinct_values_to_contain_set: (v) => `${name(v)} has each of ${shown(v["value_set"] ?? "a set")}`,
  expect_column_distinct_values_to_equal_set: (v) => `${name(v)} has exactly the values ${shown(v["value_set"] ?? "of a set")}`,
  expect_column_kl_divergence_to_be_less_than: (v) =>
    `${name(v)} is spread as before (divergence below ${shown(v["threshold"])})`,
  expect_column_max_to_be_between: (v) => `the largest ${name(v)} is ${range(v)}`,
  expect_column_mean_to_be_between: (v) => `the mean of ${name(v)} is ${range(v)}`,
  expect_column_median_to_be_between: (v) => `the median of ${name(v)} is ${range(v)}`,
  expect_column_min_to_be_between: (v) => `the smallest ${name(v)} is ${range(v)}`,
  expect_column_most_common_value_to_be_in_set: (v) => `the most frequent ${name(v)} is ${set(v)}`,
  expect_column_proportion_of_non_null_values_to_be_between: (v) => `the share of ${name(v)} that is not null is ${range(v)}`,
  expect_column_proportion_of_unique_values_to_be_between: (v) => `the share of distinct values of ${name(v)} is ${range(v)}`,
  expect_column_quantile_values_to_be_between: (v) => `the quantiles of ${name(v)} are within their bounds`,
  expect_column_stdev_to_be_between: (v) => `the standard deviation of ${name(v)} is ${range(v)}`,
  expect_column_sum_to_be_between: (v) => `the sum of ${name(v)} is ${range(v)}`,
  expect_column_to_exist: (v) => `there is a column ${name(v)}`,
  expect_column_values_to_be_unique: (v) => `no two rows have the same ${name(v)}`,
  expect_column_unique_value_count_to_be_between: (v) => `the number of distinct values of ${name(v)} is ${range(v)}`,
  expect_compound_columns_to_be_unique: (v) => `no two rows have the same ${name(v)}`,
  expect_table_column_count_to_be_between: (v) => `the number of columns is ${range(v)}`,
  expect_table_column_count_to_equal: (v) => `there are ${shown(v["value"])} columns`,
  expect_table_columns_to_match_ordered_list: (v) => `the columns are, in this order, ${shown(v["column_list"])}`,
  expect_table_columns_to_match_set: (v) =>
    `the columns ${v["exact_match"] === false ? "contain" : "are"} ${shown(v["column_set"])}`,
  expect_table_row_count_to_be_between: (v) => `the number of rows is ${range(v)}`,
  expect_table_row_count_to_equal: (v) => `there are ${shown(v["value"])} rows`,
  expect_table_row_count_to_equal_other_table: (v) => `there are as many rows as in ${shown(v["other_table_name"])}`,
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function rest(values: Values): string {
  const condition = values["row_condition"];
  return typeof condition === "string" && condition !== "" ? `, where ${condition}` : "";
}

/** What an expectation asks for: "distance is between 1 and 5000 in every row". */
export function asked(expectation: string, values: Values): string {
  const ofAll = OF_ALL[expectation];
  if (ofAll) {
    return capital(ofAll(values) + rest(values));
  }
  const ofRows = OF_ROWS[expectation];
  if (!ofRows) {
    return capital(`${expectation.replace(/^expect_/, "").replaceAll("_", " ")}: ${name(values)}${rest(values)}`);
  }
  const mostly = values["mostly"];
  const rows = typeof mostly === "number" && mostly < 1 ? `in at least ${percent(mostly)} of the rows` : "in every row";
  // A column's name stays as it is written.
  return `${ofRows(values)} ${rows}${rest(values)}`;
}

type Seen = {
  readonly element_count?: number | null;
  readonly exception?: string | null;
  readonly observed?: unknown;
  readonly success: boolean;
  readonly unexpected_count?: number | null;
  readonly unexpected_percent?: number | null;
};

const LEAST = 0.001;
/** A share that is not nothing must not read as 0%. */
const part = (share: number): string => (share > 0 && share < LEAST ? `under ${percent(LEAST)}` : percent(share));

/** What was observed: "1,699 of 29,463 rows (5.8%) break it", "Observed: 921.1". */
export function seen(result: Seen): string {
  const { element_count: all, exception, observed, success, unexpected_count: amiss } = result;
  if (exception) {
    return `It could not be checked: ${exception}`;
  }
  if (typeof amiss === "number") {
    const of = typeof all === "number" ? ` of ${count(all)}` : "";
    const share = typeof result.unexpected_percent === "number" ? ` (${part(result.unexpected_percent / 100)})` : "";
    return amiss === 0 ? "No row breaks it" : `${count(amiss)}${of} rows${share} ${amiss === 1 ? "breaks" : "break"} it`;
  }
  if (observed === null || observed === undefined) {
    return success ? "As expected" : "It is otherwise";
  }
  return `Observed: ${shown(observed)}`;
}

/** Single values say more than their number: ", for example -762, -541". */
export function examples(samples: { readonly values: readonly unknown[] } | null | undefined): string {
  const values = (samples?.values ?? []).filter((value) => value !== null && typeof value !== "object");
  return values.length > 0 ? `, for example ${values.slice(0, EXAMPLES).map(shown).join(", ")}` : "";
}
