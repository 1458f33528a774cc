/** For each dataset, whether it can be relied on today, in a sentence. */
import { HStack, Icon, Stack, Text } from "@chakra-ui/react";
import { FiAlertTriangle, FiCheckCircle, FiDatabase, FiMinusCircle } from "react-icons/fi";
import type { IconType } from "react-icons";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, count, Link, Loaded, Owner, RelativeTime } from "@/components";

type Dataset = components["schemas"]["DatasetItem"];
type Verdict = { readonly colour: string; readonly icon: IconType; readonly words: string };

const FEW = 15;

/** What a reader who knows no suite has to know. */
export function verdict(dataset: Dataset): Verdict {
  const upTo = dataset.partition === null ? "" : ` up to ${dataset.partition}`;
  if (dataset.latest_version === null) {
    return { colour: "fg.muted", icon: FiMinusCircle, words: "is not published yet." };
  }
  if (dataset.last_gate_success === false) {
    const failed = count(dataset.checks_failed);
    return {
      colour: "warning.fg",
      icon: FiAlertTriangle,
      words: `can be read${upTo}; at its newest run ${failed} ${dataset.checks_failed === 1 ? "check was" : "checks were"} not met.`,
    };
  }
  if (dataset.stale === true) {
    return { colour: "warning.fg", icon: FiAlertTriangle, words: `is right${upTo}, but older than promised.` };
  }
  const checked = dataset.last_gate_success === null ? "; nothing was checked" : `; all ${count(dataset.checks_passed)} checks were met`;
  return { colour: "success.fg", icon: FiCheckCircle, words: `can be relied on${upTo}${checked}.` };
}

const Line = ({ dataset }: { readonly dataset: Dataset }) => {
  const { colour, icon, words } = verdict(dataset);
  const why = dataset.last_gate_success === false && dataset.last_gate_receipt_id !== null;
  return (
    <HStack alignItems="flex-start" gap={3}>
      <Icon as={icon} boxSize={4} color={colour} flexShrink={0} mt="3px" />
      <Text flex={1} minWidth={0}>
        <Link bold to={at.dataset(dataset.name)}>{dataset.name}</Link> {words}{" "}
        {why ? <Link to={at.gate(dataset.last_gate_receipt_id ?? "")}>See why</Link> : undefined}
      </Text>
      <HStack color="fg.muted" flexShrink={0} fontSize="sm" gap={4}>
        <Owner name={dataset.owner} />
        <RelativeTime at={dataset.last_published_at} />
      </HStack>
    </HStack>
  );
};

export const Reliance = () => {
  const params = { query: { limit: FEW, order: "desc", sort: "published" } } as const;
  const query = api.useQuery("get", "/api/v1/catalog/datasets", { params }, { refetchInterval: useLive() });
  return (
    <Card icon={FiDatabase} title="Can It Be Relied On">
      <Loaded query={query}>
        {(told) => (
          <Stack gap={2}>
            {told.items.map((dataset) => (
              <Line dataset={dataset} key={dataset.name} />
            ))}
            {told.total > FEW ? <Link to={at.datasets()}>All {count(told.total)} datasets</Link> : undefined}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
};
