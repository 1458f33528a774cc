/** One cell a run: what became of a check, over time. */
import { Box, HStack } from "@chakra-ui/react";
import { Link } from "react-router-dom";
import { Tip } from "../Tip";
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

const Cell = ({ cell, size }: { readonly cell: HeatCell; readonly size: number }) => {
  const strength = cell.share === undefined ? 1 : FAINTEST + (1 - FAINTEST) * Math.min(1, cell.share);
  const box = (
    <Box
      _hover={{ outline: "2px solid", outlineColor: "border.info" }}
      borderRadius="2px"
      style={{ backgroundColor: COLOURS[cell.outcome], height: size, opacity: strength, width: size }}
    />
  );
  return (
    <Tip text={cell.label}>
      {cell.to === undefined ? (
        <Box aria-label={cell.label} role="img">{box}</Box>
      ) : (
        <Link aria-label={cell.label} to={cell.to}>{box}</Link>
      )}
    </Tip>
  );
};

export const HeatStrip = ({ cells, label, size = 14 }: Props) => (
  <HStack aria-label={label} gap="2px" role="group">
    {cells.map((cell) => (
      <Cell cell={cell} key={cell.key} size={size} />
    ))}
  </HStack>
);
