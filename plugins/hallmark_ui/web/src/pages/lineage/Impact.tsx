/** What depends on a column, and who is to be told before it changes. */
import { Badge, Box, Flex, Heading, HStack, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import { count, EmptyState, Loaded, Owner, Tip } from "@/components";
import { NodeButton } from "./NodeButton";
import { nameOf, type How, type Impact as Answer, type Impacted } from "./answers";

const HOW: Readonly<Record<How, { readonly palette: string; readonly about: string }>> = {
  direct: { palette: "blue", about: "Its value goes in." },
  indirect: { palette: "gray", about: "It decides: by a filter, a join or an order." },
  possible: { palette: "amber", about: "The task tells nothing of columns and reads the whole dataset." },
};

type Props = { readonly column: string; readonly node: string; readonly onSelect: (id: string) => void };

const columnsOf = (answer: Answer, dataset: string): string =>
  answer.columns
    .filter((each) => each.dataset === dataset)
    .map(({ column }) => (column === "" ? "all rows" : column))
    .join(", ");

const Row = ({ columns, each, onSelect }: { readonly columns: string; readonly each: Impacted; readonly onSelect: Props["onSelect"] }) => (
  <Box as="li" py={1}>
    <Flex gap={2} justifyContent="space-between">
      <NodeButton id={each.node.id} label={nameOf(each.node)} onSelect={onSelect} />
      <Tip text={HOW[each.how].about}>
        <Badge colorPalette={HOW[each.how].palette} size="sm" variant="surface">
          {each.how}
        </Badge>
      </Tip>
    </Flex>
    <HStack color="fg.muted" fontSize="xs" gap={3}>
      <Box flexShrink={0}>
        <Owner name={each.node.owner} />
      </Box>
      <Text truncate title={columns}>
        {columns}
      </Text>
    </HStack>
  </Box>
);

const Group = ({ answer, onSelect, rows, title }: { readonly answer: Answer; readonly onSelect: Props["onSelect"]; readonly rows: readonly Impacted[]; readonly title: string }) =>
  rows.length === 0 ? undefined : (
    <Box mt={3}>
      <Heading size="xs">
        {rows.length} {rows.length === 1 ? title : `${title}s`}
      </Heading>
      <Box as="ul" listStyleType="none">
        {rows.map((each) => (
          <Row columns={columnsOf(answer, each.node.id)} each={each} key={each.node.id} onSelect={onSelect} />
        ))}
      </Box>
    </Box>
  );

export const Impact = ({ column, node, onSelect }: Props) => {
  const query = api.useQuery("get", "/api/v1/impact", { params: { query: { column, node } } });
  return (
    <Box aria-label="Impact" as="section">
      <Heading size="sm">Impact of {column}</Heading>
      <Loaded query={query}>
        {(told) => {
          const answer = told as unknown as Answer;
          const all = [...answer.datasets, ...answer.models, ...answer.jobs];
          return all.length === 0 ? (
            <EmptyState title="Nothing depends on it" />
          ) : (
            <>
              {Object.keys(answer.owners).length === 0 ? undefined : (
                <Text color="fg.muted" fontSize="sm" mt={1}>
                  To be told:{" "}
                  {Object.entries(answer.owners)
                    .map(([owner, things]) => `${owner} (${count(things)})`)
                    .join(", ")}
                </Text>
              )}
              <Group answer={answer} onSelect={onSelect} rows={answer.datasets} title="Dataset" />
              <Group answer={answer} onSelect={onSelect} rows={answer.models} title="Model" />
              <Group answer={answer} onSelect={onSelect} rows={answer.jobs} title="Task" />
              {answer.truncated ? <Text fontSize="sm">There is more than is listed.</Text> : undefined}
            </>
          );
        }}
      </Loaded>
    </Box>
  );
};
