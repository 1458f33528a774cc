/** What was refused at a gate or failed of late: why, and whether it was made good. */
import { Box, HStack, Icon, Stack, Text } from "@chakra-ui/react";
import { FiAlertCircle, FiCheckCircle, FiRotateCcw } from "react-icons/fi";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { at } from "@/app/paths";
import { Card, count, EmptyState, Link, Loaded, RelativeTime } from "@/components";
import { partsOf } from "../receipt/message";
import { Reasons } from "./Reasons";
import { setbacksOf, type Setback } from "./setbacks";

const READ = 50;
const FEW = 5;
const FACTS = 2;

/** What happened, in a sentence. */
function sentence({ receipt }: Setback): string {
  const part = receipt.output_partition ? `[${receipt.output_partition}] ` : "";
  if (receipt.state !== "refused") {
    return `${part}was not made: ${partsOf(receipt.message).slice(0, FACTS).join("; ") || "the stage failed"}.`;
  }
  const kept = receipt.quarantined > 0 ? `; ${count(receipt.quarantined)} rows were kept out` : "";
  const all = (receipt.checks_failed ?? 0) + (receipt.checks_passed ?? 0);
  return `${part}was refused at the gate: ${count(receipt.checks_failed)} of ${count(all)} expectations were not met${kept}.`;
}

const Line = ({ setback }: { readonly setback: Setback }) => {
  const { mended, receipt } = setback;
  const name = receipt.output_name ?? receipt.task_id;
  const refused = receipt.state === "refused";
  return (
    <HStack alignItems="flex-start" as="li" gap={3} listStyleType="none">
      <Icon
        aria-label={mended ? "Made good" : "Not made good yet"}
        as={mended ? FiCheckCircle : FiAlertCircle}
        boxSize={5}
        color={mended ? "success.fg" : "failed.fg"}
        flexShrink={0}
        mt="1px"
        role="img"
      />
      <Box minWidth={0} overflowWrap="anywhere">
        <Text>
          <Link bold to={refused ? at.gate(receipt.id) : at.receipt(receipt.id)}>{name}</Link> {sentence(setback)}
        </Text>
        {refused ? <Reasons receipt={receipt.id} /> : undefined}
        <HStack color="fg.muted" fontSize="sm" gap={4} mt={1} wrap="wrap">
          <RelativeTime at={receipt.finished_at ?? receipt.started_at} />
          <Link to={at.task(receipt.dag_id, receipt.run_id, receipt.task_id, receipt.map_index)}>
            {receipt.dag_id} / {receipt.task_id} / {receipt.run_id}
          </Link>
          {mended ? (
            <Text as="span">
              Made good by run <Link to={at.receipt(mended.id)}>{mended.run_id}</Link>, <RelativeTime at={mended.finished_at ?? mended.started_at} />
            </Text>
          ) : (
            <Text as="span">Not made good yet</Text>
          )}
        </HStack>
      </Box>
    </HStack>
  );
};

type Props = {
  /** The first day that counts. */
  readonly since: string;
  /** Receipts that the page has told of already. */
  readonly told: ReadonlySet<string>;
};

export const Setbacks = ({ since, told }: Props) => {
  const live = useLive();
  const from = `${since}T00:00:00Z`;
  const params = { query: { limit: READ, since: from, state: ["refused", "failed"] } };
  const query = api.useQuery("get", "/api/v1/receipts", { params }, { placeholderData: (before) => before, refetchInterval: live });
  const names = [...new Set((query.data?.items ?? []).flatMap(({ output_name: name }) => name ?? []))].sort();
  const after = api.useQuery(
    "get",
    "/api/v1/receipts",
    { params: { query: { dataset: names, limit: 2 * READ, since: from, state: ["published"] } } },
    { enabled: names.length > 0, placeholderData: (before) => before, refetchInterval: live },
  );
  return (
    <Card actions={<Link to={`${at.receipts()}?state=refused&state=failed`}>All</Link>} icon={FiRotateCcw} title="Recently Refused or Failed">
      <Loaded query={query}>
        {({ items }) => {
          const setbacks = setbacksOf(items, after.data?.items ?? [], told);
          return setbacks.length === 0 ? (
            <EmptyState title={told.size > 0 ? "Nothing beside what needs attention" : "Everything came through"} />
          ) : (
            <Stack as="ul" gap={4}>
              {setbacks.slice(0, FEW).map((setback) => (
                <Line key={setback.receipt.id} setback={setback} />
              ))}
            </Stack>
          );
        }}
      </Loaded>
    </Card>
  );
};
