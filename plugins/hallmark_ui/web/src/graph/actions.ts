/** What can be done with a node: told to all of them at once, so that they need not be drawn again for it. */
import { createContext, useContext } from "react";
import type { Point } from "./columns";
import type { Way } from "./walk";

export type Actions = {
  readonly column?: Point;
  readonly onColumn: (point: Point | undefined) => void;
  /** Show all columns of a node. */
  readonly onColumns: (id: string) => void;
  readonly onFold?: (id: string, way: Way, more: boolean) => void;
  readonly onSelect: (id: string | undefined) => void;
};

const nothing = () => undefined;

export const ActionsContext = createContext<Actions>({ onColumn: nothing, onColumns: nothing, onSelect: nothing });
export const useActions = () => useContext(ActionsContext);
