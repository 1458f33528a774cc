/** A dataset, a model, a file or a job in the graph, in the manner of Airflow's nodes. */
import { Box, Flex, HStack, Icon, Text } from "@chakra-ui/react";
import { Handle, Position, useStore, type Node, type NodeProps } from "@xyflow/react";
import { memo, type ReactNode } from "react";
import { FiMinus, FiPlus } from "react-icons/fi";
import { Pill } from "@/components";
import { useActions } from "./actions";
import { KINDS, STATES } from "./looks";
import { isJob, type GraphNode } from "./model";
import { HEAD, ROW, WIDTH, type Rows } from "./sizes";
import { WAYS, type Fold, type Way } from "./walk";

export type NodeData = {
  readonly node: GraphNode;
  readonly rows: Rows;
  /** Whether others are lit and this is not. */
  readonly dimmed: boolean;
  readonly start: boolean;
  readonly found: boolean;
  readonly up: Fold;
  readonly down: Fold;
  /** Names of the lit columns, one a line: equal where nothing has changed. */
  readonly lit: string;
};
export type BoxNode = Node<NodeData, "box">;

/** Below which zoom nothing can be read: then nothing is written, and a thousand nodes move as fast as twenty. */
const FAR = 0.3;
const isFar = ({ transform }: { readonly transform: readonly [number, number, number] }) => transform[2] < FAR;

const SIDES = { down: { at: "right", word: "Downstream" }, up: { at: "left", word: "Upstream" } } as const;

type FoldProps = { readonly id: string; readonly label: string; readonly state: Fold; readonly way: Way };

const FoldButton = ({ id, label, state, way }: FoldProps) => {
  const { onFold } = useActions();
  if (state === "none" || onFold === undefined) {
    return undefined;
  }
  const { at, word } = SIDES[way];
  const more = state !== "less";
  return (
    <Box
      _focusVisible={{ opacity: 1 }}
      _groupFocusWithin={{ opacity: 1 }}
      _groupHover={{ opacity: 1 }}
      _hover={{ bg: "bg.emphasized" }}
      alignItems="center"
      aria-label={`${more ? "Expand" : "Collapse"} ${word} of ${label}`}
      as="button"
      bg="bg"
      borderColor="border.emphasized"
      borderRadius="full"
      borderWidth={1}
      boxSize="18px"
      cursor="pointer"
      display="flex"
      justifyContent="center"
      onClick={(event) => {
        event.stopPropagation();
        onFold(id, way, more);
      }}
      opacity={state === "more" ? 1 : 0}
      position="absolute"
      style={{ [at]: "-9px" }}
      title={`${more ? "Expand" : "Collapse"} ${word}`}
      top={`${HEAD / 2 - 9}px`}
      zIndex={1}
    >
      <Icon as={more ? FiPlus : FiMinus} boxSize="12px" />
    </Box>
  );
};

const ColumnRow = ({ lit, name, node, type }: { readonly lit: boolean; readonly name: string; readonly node: string; readonly type: string | null }) => {
  const { column, onColumn } = useActions();
  const chosen = column?.node === node && column.column === name;
  return (
    <Flex
      _hover={{ bg: "bg.muted" }}
      alignItems="center"
      aria-pressed={chosen}
      as="button"
      bg={chosen ? "brand.solid" : lit ? "brand.subtle" : undefined}
      color={chosen ? "brand.contrast" : lit ? "brand.fg" : "fg"}
      cursor="pointer"
      fontSize="xs"
      gap={2}
      height={`${ROW}px`}
      justifyContent="space-between"
      onClick={(event) => {
        event.stopPropagation();
        onColumn(chosen ? undefined : { column: name, node });
      }}
      px={3}
      textAlign="left"
      width="100%"
    >
      <Text as="span" truncate>
        {name}
      </Text>
      <Text as="span" color={chosen || lit ? "inherit" : "fg.muted"} flexShrink={1} fontSize="2xs" maxWidth="40%" truncate>
        {type?.toLowerCase()}
      </Text>
    </Flex>
  );
};

function about(node: GraphNode): ReactNode {
  const version = node.at ?? node.version;
  if (node.hidden) {
    return "of a Dag that you may not read";
  }
  const told = isJob(node) || version === undefined ? KINDS[node.kind].label : `Version ${version.slice(0, 8)}`;
  return node.owner === undefined ? told : `${told} · ${node.owner}`;
}

const Head = ({ node, start }: Pick<NodeData, "node" | "start">) => {
  const state = node.state === undefined ? undefined : STATES[node.state];
  return (
    <>
      <HStack gap={2}>
        <Icon as={KINDS[node.kind].icon} boxSize={4} color={start ? "fg.info" : "fg.muted"} flexShrink={0} />
        <Text flex={1} fontSize="sm" fontWeight="bold" truncate>
          {node.label}
        </Text>
      </HStack>
      <HStack gap={2} justifyContent="space-between" mt={1}>
        <Text color="fg.muted" fontSize="xs" truncate>
          {about(node)}
        </Text>
        {state === undefined ? undefined : (
          <Pill icon={state.icon} palette={state.palette} size="xs">
            {state.label}
          </Pill>
        )}
      </HStack>
    </>
  );
};

const Columns = ({ id, lit, rows }: Pick<NodeData, "lit" | "rows"> & { readonly id: string }) => {
  const { onColumns } = useActions();
  const bright = new Set(lit.split("\n"));
  return (
    <Box borderColor="border" borderTopWidth={1}>
      {rows.columns.map((column) => (
        <ColumnRow key={column.name} lit={bright.has(column.name)} name={column.name} node={id} type={column.type} />
      ))}
      {rows.more > 0 ? (
        <Box
          as="button"
          color="fg.info"
          cursor="pointer"
          display="block"
          fontSize="xs"
          height={`${ROW}px`}
          onClick={() => {
            onColumns(id);
          }}
          px={3}
          textAlign="left"
          width="100%"
        >
          {rows.more} more
        </Box>
      ) : undefined}
    </Box>
  );
};

const Drawn = ({ data, id, selected }: NodeProps<BoxNode>) => {
  const { onSelect } = useActions();
  const { dimmed, found, node, rows, start } = data;
  const far = useStore(isFar);
  const state = node.state === undefined ? undefined : STATES[node.state];
  const frame = node.failed ? "failed.solid" : selected ? "border.info" : found ? "warning.solid" : "fg.subtle";
  return (
    <Box
      bg={far && state !== undefined ? `${state.palette}.muted` : selected ? "bg.muted" : "bg"}
      borderColor={frame}
      borderRadius={5}
      borderWidth={selected || found || node.failed ? 2 : 1}
      className="group nopan nodrag"
      color="fg"
      height="100%"
      data-dimmed={dimmed ? true : undefined}
      opacity={dimmed ? 0.3 : 1}
      // The library takes what can be neither dragged nor selected for a picture.
      pointerEvents="all"
      position="relative"
      transition="opacity 0.2s"
      width={`${WIDTH}px`}
    >
      <Handle className="hallmark-handle" isConnectable={false} position={Position.Left} type="target" />
      <Handle className="hallmark-handle" isConnectable={false} position={Position.Right} type="source" />
      <Box
        aria-label={`${KINDS[node.kind].label} ${node.label}${state === undefined ? "" : `, ${state.label}`}`}
        aria-pressed={selected}
        as="button"
        cursor="pointer"
        data-graph-node={id}
        display="block"
        height={`${HEAD - 4}px`}
        onClick={() => {
          onSelect(selected ? undefined : id);
        }}
        px={3}
        py={1.5}
        textAlign="left"
        title={node.name}
        width="100%"
      >
        {far ? undefined : <Head node={node} start={start} />}
      </Box>
      {rows.columns.length + rows.more > 0 && !far ? <Columns id={id} lit={data.lit} rows={rows} /> : undefined}
      {far
        ? undefined
        : WAYS.map((way) => <FoldButton id={id} key={way} label={node.label} state={data[way]} way={way} />)}
    </Box>
  );
};

const KEYS: readonly (keyof NodeData)[] = ["node", "dimmed", "start", "found", "up", "down", "lit"];

// A step elsewhere in a large graph must not draw all of it again.
export const NodeBox = memo(
  Drawn,
  (before, after) =>
    before.selected === after.selected &&
    KEYS.every((key) => before.data[key] === after.data[key]) &&
    before.data.rows.more === after.data.rows.more &&
    before.data.rows.columns.map(({ name }) => name).join("\n") === after.data.rows.columns.map(({ name }) => name).join("\n"),
);
