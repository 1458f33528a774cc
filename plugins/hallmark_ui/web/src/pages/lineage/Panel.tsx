/** What is known of the chosen node, and what can be asked of it. */
import { Box, Button, Heading, HStack, Icon, IconButton, Input, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { FiAlertCircle, FiCrosshair, FiX } from "react-icons/fi";
import { api } from "@/api/client";
import { at } from "@/app/paths";
import { count, Link, Loaded, Owner, Pill, ShowMore, StateBadge, usePart } from "@/components";
import type { ColumnEdge, Point } from "@/graph/columns";
import { KINDS, STATES } from "@/graph/looks";
import { graphOf, isJob, type Column, type GraphNode } from "@/graph/model";
import { Impact } from "./Impact";
import { Sources } from "./Sources";
import { pagesOf } from "@/graph/links";

/** From how many columns on they can be searched. */
const MANY = 12;
/** As many as are drawn at once. */
const MOST = 100;

type ColumnsProps = { readonly chosen?: Point; readonly columns: readonly Column[]; readonly node: GraphNode; readonly onColumn: (point: Point | undefined) => void };

const Columns = ({ chosen, columns, node, onColumn }: ColumnsProps) => {
  const [typed, setTyped] = useState("");
  const fitting = columns.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
  const { more, shown } = usePart(fitting, MOST);
  return (
    <Box aria-label="Columns" as="section">
      <Heading size="sm">{count(columns.length)} Columns</Heading>
      {columns.length > MANY ? (
        <Input
          aria-label="Search Columns"
          mt={2}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
          placeholder="Search Columns"
          size="xs"
          value={typed}
        />
      ) : undefined}
      <Box maxHeight="220px" mt={1} overflowY="auto">
        {shown.map(({ name, type }) => {
          const is = chosen?.node === node.id && chosen.column === name;
          return (
            <Button
              aria-pressed={is}
              colorPalette="brand"
              height="26px"
              justifyContent="space-between"
              key={name}
              onClick={() => {
                onColumn(is ? undefined : { column: name, node: node.id });
              }}
              px={2}
              size="xs"
              variant={is ? "solid" : "ghost"}
              width="100%"
            >
              <Text as="span" truncate>{name}</Text>
              <Text as="span" fontWeight="normal" maxWidth="45%" truncate>{type?.toLowerCase()}</Text>
            </Button>
          );
        })}
        <ShowMore more={more} />
      </Box>
    </Box>
  );
};

/** The graph tells columns where they are drawn; of one node they are asked for. */
const ColumnsOf = ({ chosen, node, onColumn }: Omit<ColumnsProps, "columns">) => {
  const query = api.useQuery(
    "get",
    "/api/v1/graph",
    { params: { query: { columns: true, down: 0, node: node.base, up: 0 } } },
    { enabled: node.columns === undefined && !isJob(node) && !node.hidden },
  );
  const told = query.data === undefined ? undefined : graphOf(query.data).nodes.get(node.base)?.columns;
  const columns = node.columns ?? told ?? [];
  return columns.length === 0 ? undefined : <Columns chosen={chosen} columns={columns} node={node} onColumn={onColumn} />;
};

/** The last stage that ran as this task, with its run: Hallmark's receipt knows Airflow's names. */
const LastStage = ({ dag, task }: { readonly dag: string; readonly task: string }) => {
  const query = api.useQuery("get", "/api/v1/receipts", { params: { query: { dag_id: [dag], limit: 1, task_id: [task] } } });
  return (
    <Loaded query={query} waiting={null}>
      {({ items: [last] }) =>
        last === undefined ? undefined : (
          <HStack flexWrap="wrap" fontSize="sm" gap={3}>
            <StateBadge state={last.state} />
            <Link to={at.task(last.dag_id, last.run_id, last.task_id, last.map_index)}>Latest Task Instance</Link>
            <Link to={at.receipt(last.id)}>Receipt</Link>
          </HStack>
        )
      }
    </Loaded>
  );
};

type Props = {
  readonly chosen?: Point;
  readonly flows: readonly ColumnEdge[];
  readonly labelOf: (node: string) => string;
  readonly node: GraphNode;
  readonly onCause: () => void;
  readonly onCentre?: () => void;
  readonly onClose: () => void;
  readonly onColumn: (point: Point | undefined) => void;
  readonly onSelect: (id: string) => void;
  /** Whether it, or something above it, has failed. */
  readonly suspect: boolean;
};

export const Panel = ({ chosen, flows, labelOf, node, onCause, onCentre, onClose, onColumn, onSelect, suspect }: Props) => {
  const state = node.state === undefined ? undefined : STATES[node.state];
  const version = node.at ?? node.version;
  return (
    <Stack gap={3}>
      <HStack alignItems="flex-start" justifyContent="space-between">
        <HStack minWidth={0}>
          <Icon as={KINDS[node.kind].icon} boxSize={5} flexShrink={0} />
          <Heading overflowWrap="anywhere" size="md">
            {node.label}
          </Heading>
        </HStack>
        <IconButton aria-label="Close" onClick={onClose} size="xs" variant="ghost">
          <FiX />
        </IconButton>
      </HStack>
      <HStack flexWrap="wrap" fontSize="sm" gap={3}>
        {state === undefined ? undefined : <Pill icon={state.icon} palette={state.palette}>{state.label}</Pill>}
        <Text>{KINDS[node.kind].label}</Text>
        {version === undefined ? undefined : <Text title={version}>{isJob(node) ? "Run" : "Version"} {version.slice(0, 12)}</Text>}
        <Owner name={node.owner} />
      </HStack>
      {node.label === node.name ? undefined : (
        <Text color="fg.muted" fontSize="xs" overflowWrap="anywhere">
          {node.name}
        </Text>
      )}
      <HStack flexWrap="wrap" fontSize="sm" gap={3}>
        {pagesOf(node).map(({ label, to }) => (
          <Link key={label} to={to}>
            {label}
          </Link>
        ))}
      </HStack>
      {node.dag === undefined || node.task === undefined ? undefined : <LastStage dag={node.dag} task={node.task} />}
      <HStack flexWrap="wrap">
        {onCentre === undefined ? undefined : (
          <Button onClick={onCentre} size="xs" variant="outline">
            <FiCrosshair /> Start Here
          </Button>
        )}
        {suspect ? (
          <Button colorPalette="failed" onClick={onCause} size="xs" variant="outline">
            <FiAlertCircle /> Find Root Cause
          </Button>
        ) : undefined}
      </HStack>
      {chosen?.node === node.id ? <Sources flows={flows} labelOf={labelOf} onSelect={onSelect} point={chosen} /> : undefined}
      {chosen?.node === node.id ? <Impact column={chosen.column} node={node.base} onSelect={onSelect} /> : undefined}
      <ColumnsOf chosen={chosen} node={node} onColumn={onColumn} />
    </Stack>
  );
};
