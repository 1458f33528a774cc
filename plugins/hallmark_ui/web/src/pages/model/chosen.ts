/** The versions that are compared; they stand in the address. */
import { useParam } from "@/app/params";
import { at } from "@/app/paths";

/** As many as the API compares at once. */
export const MOST = 5;

const PARAMETER = "compare";

export function useChosen(): readonly [readonly string[], (versions: readonly string[]) => void] {
  const [told, tell] = useParam(PARAMETER);
  const versions = told === "" ? [] : [...new Set(told.split(","))].slice(0, MOST);
  return [
    versions,
    (chosen) => {
      tell(chosen.slice(0, MOST).join(","));
    },
  ];
}

/** Where versions of a model stand side by side. */
export const comparisonOf = (model: string, versions: readonly string[]): string =>
  `${at.model(model)}?${new URLSearchParams({ [PARAMETER]: versions.join(",") }).toString()}`;
