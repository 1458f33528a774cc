/** One cell a run: what became of a check, over time. */
import { HStack, Portal, Tooltip } from "@chakra-ui/react";
import { useState, type SyntheticEvent } from "react";
import { Link } from "react-router-dom";
import { COLOURS } from "./colours";

export type HeatCell = {
  readonly key: string;
  readonly label: string;
  /** "none" is a run that did not ask. */
  readonly outcome: "passed" | "warned" | "failed" | "none";
  /** How bad, from 0 to 1: a stronger colour. */
  readonly share?: number;
  readonly to?: string;
};

type Props = { readonly cells: readonly HeatCell[]; readonly label: string; readonly size?: number };

const FAINTEST = 0.45;
const CELLS = {
  "& > *": { borderRadius: "2px", display: "block", flexShrink: 0 },
  "& > *:hover, & > *:focus-visible": { outline: "2px solid", outlineColor: "border.info" },
};

const Cell = ({ cell, size }: { readonly cell: HeatCell; readonly size: number }) => {
  const opacity = cell.share === undefined ? 1 : FAINTEST + (1 - FAINTEST) * Math.min(1, cell.share);
  const style = { backgroundColor: COLOURS[cell.outcome], height: size, opacity, width: size };
  return cell.to === undefined ? (
    <span aria-label={cell.label} role="img" style={style} />
  ) : (
    <Link aria-label={cell.label} style={style} to={cell.to} />
  );
};

/** A strip is drawn a thousand times: one word for the cell that is pointed at, not one for each. */
const Over = ({ cell }: { readonly cell: Element }) => (
  <Tooltip.Root open positioning={{ getAnchorRect: () => cell.getBoundingClientRect(), placement: "top" }}>
    <Portal>
      <Tooltip.Positioner>
        <Tooltip.Content maxW="xs">{cell.getAttribute("aria-label")}</Tooltip.Content>
      </Tooltip.Positioner>
    </Portal>
  </Tooltip.Root>
);

export const HeatStrip = ({ cells, label, size = 14 }: Props) => {
  const [over, setOver] = useState<Element>();
  const enter = ({ currentTarget, target }: SyntheticEvent<HTMLElement>) => {
    setOver(target instanceof Element && target !== currentTarget ? target : undefined);
  };
  const leave = () => {
    setOver(undefined);
  };
  return (
    <HStack
      aria-label={label}
      css={CELLS}
      gap="2px"
      onBlur={leave}
      onFocus={enter}
      onKeyDown={({ key }) => {
        if (key === "Escape") {
          leave();
        }
      }}
      onPointerLeave={leave}
      onPointerOver={enter}
      role="group"
    >
      {cells.map((cell) => (
        <Cell cell={cell} key={cell.key} size={size} />
      ))}
      {over === undefined ? undefined : <Over cell={over} />}
    </HStack>
  );
};
