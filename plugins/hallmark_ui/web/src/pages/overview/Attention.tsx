/** What needs somebody now: each with the reason in a sentence, and where to act. */
import { Box, Button, HStack, Icon, Stack, Text } from "@chakra-ui/react";
import { FiAlertCircle, FiClock, FiCpu, FiInbox, FiShield } from "react-icons/fi";
import type { IconType } from "react-icons";
import { Link as RouterLink } from "react-router-dom";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, count, EmptyState, Link, Owner, RelativeTime } from "@/components";
import type { Kind } from "./principals";
import { Reasons } from "./Reasons";

type Item = components["schemas"]["Attention"];
type Look = {
  readonly act: string;
  readonly colour: string;
  readonly icon: IconType;
  readonly sentence: (item: Item) => string;
  readonly title: string;
  readonly to: (item: Item) => string;
};

const part = (item: Item): string => (item.partition ? ` [${item.partition}]` : "");

/** Rows of an output that was published can join it; of a refused one they wait for another run. */
function kept(item: Item): string {
  const refused = item.detail.endsWith(", refused");
  const rows = item.detail.replace(/, [a-z]+$/, "");
  return refused
    ? `has ${rows}: the whole output was refused, so mend the source and run again, or discard them.`
    : `has ${rows}: release them or discard them.`;
}

/** By kind: how it is told, and what can be done. */
const LOOKS: Readonly<Record<Kind, Look>> = {
  failed_gate: {
    act: "See why",
    colour: "failed.fg",
    icon: FiShield,
    sentence: (item) =>
      `${part(item).trim()} ${item.detail.includes("refused") ? "was refused at the gate: nothing was published, readers see the version before." : "did not meet its suite."}`.trim(),
    title: "Failed gates",
    to: (item) => (item.receipt_id ? at.gate(item.receipt_id) : at.dataset(item.name, "checks")),
  },
  model: {
    act: "Compare",
    colour: "warning.fg",
    icon: FiCpu,
    sentence: (item) => `${item.version ? `version ${item.version}: ` : ""}${item.detail}.`,
    title: "Models",
    to: (item) => at.model(item.name),
  },
  review: {
    act: "Review",
    colour: "awaiting_input.fg",
    icon: FiInbox,
    sentence: (item) => `${part(item).trim()} ${kept(item)}`.trim(),
    title: "Reviews",
    to: (item) => (item.receipt_id ? at.batch(item.name, item.receipt_id) : at.reviews({ dataset: item.name })),
  },
  stale: {
    act: "See versions",
    colour: "warning.fg",
    icon: FiClock,
    sentence: (item) => `is late: ${item.detail}.`,
    title: "Late data",
    to: (item) => at.dataset(item.name, "versions"),
  },
};

// The reasons of each are one more request.
const EXPLAINED = 3;

const name = (item: Item): string => (item.kind === "model" ? at.model(item.name) : at.dataset(item.name));

const Line = ({ explained, item }: { readonly explained: boolean; readonly item: Item }) => {
  const look = LOOKS[item.kind];
  return (
    <HStack alignItems="flex-start" as="li" borderBottomColor="border" borderBottomWidth={1} gap={3} listStyleType="none" py={3}>
      <Icon aria-label={look.title} as={look.icon} boxSize={5} color={look.colour} flexShrink={0} mt="1px" role="img" />
      <Box flex={1} minWidth={0}>
        <Text>
          <Link bold to={name(item)}>{item.name}</Link> {look.sentence(item)}
        </Text>
        {explained && item.receipt_id ? <Reasons receipt={item.receipt_id} /> : undefined}
        <HStack color="fg.muted" fontSize="sm" gap={4} mt={1} wrap="wrap">
          <RelativeTime at={item.since} />
          <Owner name={item.owner} />
          {item.dag_id && item.run_id && item.task_id ? (
            <Link to={at.task(item.dag_id, item.run_id, item.task_id, item.map_index ?? -1)}>
              {item.dag_id} / {item.task_id} / {item.run_id}
            </Link>
          ) : undefined}
        </HStack>
      </Box>
      <Button asChild flexShrink={0} size="sm" variant="outline">
        <RouterLink to={look.to(item)}>{look.act}</RouterLink>
      </Button>
    </HStack>
  );
};

/** As many as are shown of a kind: one that has many must not hide the others. */
const OF_EACH = 5;

/** The items in the order in which their kinds matter to the reader. */
function inOrder(items: readonly Item[], kinds: readonly Kind[]): readonly Item[] {
  return kinds.flatMap((kind) => items.filter((item) => item.kind === kind).slice(0, OF_EACH));
}

type Props = {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly Item[];
  readonly kinds: readonly Kind[];
  /** How many at most in all. */
  readonly most?: number;
};

const sum = ({ counts, kinds }: Pick<Props, "counts" | "kinds">): number =>
  kinds.reduce((all, kind) => all + (counts[kind] ?? 0), 0);

/** The lines alone. */
export const AttentionList = ({ counts, items, kinds, most }: Props) => {
  const all = sum({ counts, kinds });
  const shown = inOrder(items, kinds).slice(0, most);
  const explained = shown.filter((item) => item.kind === "failed_gate").slice(0, EXPLAINED);
  return (
    <>
      {all === 0 ? (
        <EmptyState title="Every gate held, no promise is broken, nothing waits for a review" />
      ) : (
        <Stack as="ul" gap={0} mt={-3}>
          {shown.map((item) => (
            <Line explained={explained.includes(item)} item={item} key={`${item.kind} ${item.name} ${item.receipt_id ?? item.version ?? ""}`} />
          ))}
        </Stack>
      )}
      {all > shown.length ? (
        <Text color="fg.muted" fontSize="sm" mt={3}>
          And {count(all - shown.length)} more: <Link to={at.quality({ success: "false" })}>gate runs</Link>,{" "}
          <Link to={at.datasets({ freshness: "stale" })}>late datasets</Link>, <Link to={at.reviews()}>reviews</Link>.
        </Text>
      ) : undefined}
    </>
  );
};

export const Attention = (props: Props) => {
  const all = sum(props);
  const title = all === 0 ? "Nothing Needs Attention" : `${count(all)} ${all === 1 ? "Thing Needs" : "Things Need"} Attention`;
  return (
    <Card icon={FiAlertCircle} title={title}>
      <AttentionList {...props} />
    </Card>
  );
};
