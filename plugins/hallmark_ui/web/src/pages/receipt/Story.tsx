/** How a version came to be, back to its sources, as a tree to read and to fold. */
import { Box, Button, Flex, HStack, IconButton, Text } from "@chakra-ui/react";
import { useState } from "react";
import { FiChevronDown, FiChevronRight } from "react-icons/fi";
import { api } from "@/api/client";
import { Card, Loaded } from "@/components";
import type { Chain } from "./body";
import { Step } from "./Step";
import { branchesOf, isSource, nameOf, type Branch } from "./tree";

// Of what has more inputs than this the first few are shown, and how many there are.
const [MANY, FEW] = [8, 5];
// A longer chain is opened so far; the rest is a click away.
const [LONG, OPEN_LEVELS] = [60, 3];
const INDENT = "18px";
const MIDDLE = "11px";

type Folding = { readonly openLevels: number };

const Fold = ({ name, onClick, open }: { readonly name: string; readonly onClick: () => void; readonly open: boolean }) => (
  <IconButton _expanded={{ bg: "transparent" }} aria-expanded={open} aria-label={`What ${name} was made from`} height="22px" minWidth="22px" onClick={onClick} size="2xs" variant="ghost">
    {open ? <FiChevronDown /> : <FiChevronRight />}
  </IconButton>
);

const Leaf = ({ branch, last, level, openLevels }: Folding & { readonly branch: Branch; readonly last: boolean; readonly level: number }) => {
  const [open, setOpen] = useState(level < openLevels);
  const line = { borderColor: "border.emphasized", content: '""', insetInlineStart: 0, position: "absolute" } as const;
  return (
    <Box
      _after={level === 0 ? undefined : { ...line, borderTopWidth: 1, top: MIDDLE, width: "12px" }}
      _before={level === 0 ? undefined : { ...line, borderInlineStartWidth: 1, height: last ? MIDDLE : "100%", top: 0 }}
      as="li"
      paddingInlineStart={level === 0 ? 0 : INDENT}
      position="relative"
    >
      <Flex gap={1}>
        {branch.branches.length > 0 ? (
          <Fold
            name={nameOf(branch.link)}
            onClick={() => {
              setOpen(!open);
            }}
            open={open}
          />
        ) : (
          <Box flexShrink={0} width="22px" />
        )}
        <Step again={branch.again} link={branch.link} />
      </Flex>
      {open && branch.branches.length > 0 ? (
        <Box ms={MIDDLE}>
          <Branches branches={branch.branches} level={level + 1} openLevels={openLevels} />
        </Box>
      ) : undefined}
    </Box>
  );
};

const Branches = ({ branches, level, openLevels }: Folding & { readonly branches: readonly Branch[]; readonly level: number }) => {
  const [all, setAll] = useState(branches.length <= MANY);
  const shown = all ? branches : branches.slice(0, FEW);
  return (
    <Box as="ul" listStyleType="none">
      {shown.map((branch, place) => (
        <Leaf branch={branch} key={`${branch.link.id}/${place}`} last={place === shown.length - 1} level={level} openLevels={openLevels} />
      ))}
      {all ? undefined : (
        <Box as="li">
          <Button
            onClick={() => {
              setAll(true);
            }}
            size="xs"
            variant="ghost"
          >
            and {branches.length - FEW} more
          </Button>
        </Box>
      )}
    </Box>
  );
};

/** "made in 9 steps from 5 sources". */
function summary(chain: Chain): string {
  const sources = chain.links.filter(isSource).length;
  const counted = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `made in ${counted(chain.links.length - sources, "step")} from ${counted(sources, "source")}`;
}

const Tree = ({ chain }: { readonly chain: Chain }) => {
  const [openLevels, setOpenLevels] = useState(chain.links.length > LONG ? OPEN_LEVELS : Infinity);
  return (
    <>
      <HStack flexWrap="wrap" gap={3} mb={3}>
        <Text color="fg.muted" fontSize="sm">
          {summary(chain)}
        </Text>
        {[
          ["Expand All", Infinity] as const,
          ["Collapse All", 1] as const,
        ].map(([label, levels]) => (
          <Button
            key={label}
            onClick={() => {
              setOpenLevels(levels);
            }}
            size="2xs"
            variant="outline"
          >
            {label}
          </Button>
        ))}
      </HStack>
      <Branches branches={branchesOf(chain)} key={openLevels} level={0} openLevels={openLevels} />
      {chain.truncated ? (
        <Text color="fg.muted" fontSize="sm" mt={2}>
          There is more behind these versions than is shown.
        </Text>
      ) : undefined}
    </>
  );
};

const Told = ({ receipt }: { readonly receipt: string }) => {
  const query = api.useQuery("get", "/api/v1/receipts/{receipt}/chain", { params: { path: { receipt } } });
  return <Loaded query={query}>{(chain) => <Tree chain={chain as unknown as Chain} />}</Loaded>;
};

export const Story = ({ receipt }: { readonly receipt: string }) => (
  <Card title="How It Came to Be">
    <Told receipt={receipt} />
  </Card>
);
