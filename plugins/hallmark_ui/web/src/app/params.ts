/** What a page remembers stands in its address: a link leads to what was seen, and Back goes back. */
import { useCallback } from "react";
import { useSearchParams } from "react-router-dom";

/** A parameter of the address and a way to set it; what is empty is left out. */
export function useParam(name: string, otherwise = ""): readonly [string, (value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (value: string) => {
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === "" || value === otherwise) {
            after.delete(name);
          } else {
            after.set(name, value);
          }
          return after;
        },
        { replace: true },
      );
    },
    [name, otherwise, setParameters],
  );
  return [parameters.get(name) ?? otherwise, set];
}
