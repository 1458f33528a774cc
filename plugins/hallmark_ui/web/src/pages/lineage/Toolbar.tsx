/** Over the graph: what is shown of it, and a field to find something in it. */
import { Button, Flex, HStack, Input, InputGroup, Menu, NativeSelect, Portal, Switch, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { FiArrowLeft, FiDownload, FiSearch } from "react-icons/fi";
import { useNavigate } from "react-router-dom";
import { at } from "@/app/paths";

const DEPTHS = ["1", "2", "3", "5", "10", "20"];
const word = (depth: string): string => (depth === "20" ? "All tasks" : depth === "1" ? "1 task away" : `${depth} tasks away`);

type Props = {
  readonly asOf: ReactNode;
  readonly columns: boolean;
  readonly depth: string;
  readonly find: string;
  readonly found: number;
  readonly onColumns: (on: boolean) => void;
  readonly onDepth: (depth: string) => void;
  readonly onExport: (kind: "svg" | "png") => void;
  readonly onFind: (text: string) => void;
  readonly onNext: () => void;
};

const Export = ({ onExport }: Pick<Props, "onExport">) => (
  <Menu.Root>
    <Menu.Trigger asChild>
      <Button flexShrink={0} variant="outline">
        <FiDownload /> Export
      </Button>
    </Menu.Trigger>
    <Portal>
      <Menu.Positioner>
        <Menu.Content>
          {(["svg", "png"] as const).map((kind) => (
            <Menu.Item
              key={kind}
              onClick={() => {
                onExport(kind);
              }}
              value={kind}
            >
              {kind.toUpperCase()}
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Positioner>
    </Portal>
  </Menu.Root>
);

export const Toolbar = ({ asOf, columns, depth, find, found, onColumns, onDepth, onExport, onFind, onNext }: Props) => {
  const navigate = useNavigate();
  return (
    <Flex alignItems="center" flexWrap="wrap" gap={3} mb={3}>
      <Button
        flexShrink={0}
        onClick={() => {
          void navigate(at.lineage());
        }}
        variant="outline"
      >
        <FiArrowLeft /> All Nodes
      </Button>
      <InputGroup
        endElement={find === "" ? undefined : <Text fontSize="xs">{found}</Text>}
        flex="1 1 200px"
        minWidth="160px"
        startElement={<FiSearch />}
        width="auto"
      >
        <Input
          aria-label="Find in Graph"
          onChange={(event) => {
            onFind(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              onNext();
            }
          }}
          placeholder="Find in Graph"
          type="search"
          value={find}
        />
      </InputGroup>
      <NativeSelect.Root flexShrink={0} width="auto">
        <NativeSelect.Field
          aria-label="Depth"
          onChange={(event) => {
            onDepth(event.target.value);
          }}
          value={depth}
        >
          {DEPTHS.map((each) => (
            <option key={each} value={each}>
              {word(each)}
            </option>
          ))}
        </NativeSelect.Field>
        <NativeSelect.Indicator />
      </NativeSelect.Root>
      {asOf}
      <HStack flexShrink={0}>
        <Switch.Root
          checked={columns}
          colorPalette="brand"
          onCheckedChange={({ checked }) => {
            onColumns(checked);
          }}
        >
          <Switch.HiddenInput />
          <Switch.Control>
            <Switch.Thumb />
          </Switch.Control>
          <Switch.Label>Columns</Switch.Label>
        </Switch.Root>
      </HStack>
      <Export onExport={onExport} />
    </Flex>
  );
};
