/** What a task asks people, as Airflow keeps it: `HITLDetail` of its API. */

export type Parameter = {
  readonly description: string | null;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
};

export type Question = {
  readonly assigned_users: readonly { readonly name: string }[];
  readonly body: string | null;
  readonly chosen_options: readonly string[] | null;
  readonly created_at: string;
  readonly defaults: readonly string[] | null;
  readonly multiple: boolean;
  readonly options: readonly string[];
  readonly params: Readonly<Record<string, Parameter>>;
  readonly responded_at: string | null;
  readonly responded_by_user: { readonly name: string } | null;
  readonly response_received: boolean;
  readonly subject: string;
};

/** How a parameter is asked for: by a switch, a choice, a figure, or as text. */
export type Form = "choice" | "figure" | "json" | "switch" | "text";

const FORMS: Readonly<Record<string, Form>> = { array: "json", boolean: "switch", integer: "figure", number: "figure", object: "json", string: "text" };

export const choices = ({ schema }: Parameter): readonly unknown[] => (Array.isArray(schema["enum"]) ? schema["enum"] : []);

export function formOf(parameter: Parameter): Form {
  if (choices(parameter).length > 0) {
    return "choice";
  }
  const types = [parameter.schema["type"]].flat();
  const named = types.find((type) => typeof type === "string" && type !== "null");
  return FORMS[typeof named === "string" ? named : typeof parameter.value] ?? "text";
}

/** What stands in a field, for the value it has. */
export const written = (parameter: Parameter, value: unknown): string =>
  value === null || value === undefined ? "" : formOf(parameter) === "json" || typeof value === "object" ? JSON.stringify(value) : String(value);

/** The value that a field's text stands for; undefined where it stands for none. */
export function meant(parameter: Parameter, text: string): unknown {
  const form = formOf(parameter);
  if (text === "") {
    return form === "text" ? "" : null;
  }
  if (form === "choice") {
    return choices(parameter).find((each) => String(each) === text);
  }
  if (form === "figure") {
    const figure = Number(text);
    return Number.isFinite(figure) ? figure : undefined;
  }
  if (form === "json") {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
  return form === "switch" ? text === "true" : text;
}
