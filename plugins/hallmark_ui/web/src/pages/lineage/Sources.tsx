/** What a column is made from, within what is drawn: dataset by dataset, back to where it begins. */
import { Box, Heading, Text } from "@chakra-ui/react";
import { sourcesOf, type ColumnEdge, type Point } from "@/graph/columns";
import { NodeButton } from "./NodeButton";

type Props = {
  readonly flows: readonly ColumnEdge[];
  readonly labelOf: (node: string) => string;
  readonly onSelect: (id: string) => void;
  readonly point: Point;
};

const NAMED = 6;

const told = (columns: readonly string[]): string =>
  columns.length > NAMED + 1 ? `${columns.slice(0, NAMED).join(", ")} and ${columns.length - NAMED} more` : columns.join(", ");

export const Sources = ({ flows, labelOf, onSelect, point }: Props) => {
  const byNode = new Map<string, string[]>();
  sourcesOf(flows, point).forEach(({ point: { column, node } }) => {
    byNode.set(node, [...(byNode.get(node) ?? []), column]);
  });
  return (
    <Box aria-label="Sources" as="section">
      <Heading size="sm">{point.column} Comes From</Heading>
      {byNode.size === 0 ? (
        <Text color="fg.muted" fontSize="sm">Nothing that is drawn: it begins here, or more tasks away.</Text>
      ) : (
        <Box as="ul" listStyleType="none">
          {[...byNode].map(([node, columns]) => (
            <Box as="li" key={node} py={1}>
              <NodeButton id={node} label={labelOf(node)} onSelect={onSelect} />
              <Text color="fg.muted" fontSize="xs" overflowWrap="anywhere">{told(columns)}</Text>
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
};
