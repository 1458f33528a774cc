/** Parameters as they were given: what lies within others is named with them, `hyperparameters.max_iter`. */
import { Code } from "@chakra-ui/react";
import { Facts, type Fact } from "./Facts";

type Values = Readonly<Record<string, unknown>>;

const nested = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** The parameters in one row, without those that were not given. */
export function flat(values: Values, before = ""): readonly (readonly [name: string, value: string])[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = `${before}${key}`;
    if (nested(value)) {
      return flat(value, `${name}.`);
    }
    return value === null || value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)] as const];
  });
}

export const Settings = ({ values }: { readonly values: Values }) => {
  const facts = flat(values).map(([name, value]): Fact => [name, <Code key={name} whiteSpace="pre-wrap">{value}</Code>]);
  return facts.length === 0 ? "There are none." : <Facts facts={facts} />;
};
