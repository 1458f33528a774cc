/** Stands where a batch was: who has decided on it, and why. */
import { Box, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import { at } from "@/app/paths";
import { EmptyState, Link, RelativeTime } from "@/components";

// What people decide stands under this name, each as a run of the receipt it is about: see hallmark.stages.quarantine.
const BY_HAND = "hallmark";

const Decisions = ({ receipt }: { readonly receipt: string }) => {
  const query = api.useQuery("get", "/api/v1/receipts", { params: { query: { dag_id: [BY_HAND], run_id: [receipt] } } });
  return query.data?.items.map((made) => (
    <Text key={made.id} mt={1}>
      <Link to={at.receipt(made.id)}>
        <RelativeTime at={made.finished_at ?? made.started_at} />
      </Link>
      : {made.message || `${made.task_id} by ${made.principal}`}
    </Text>
  ));
};

type Props = { readonly dataset: string; readonly receipt: string };

export const Gone = ({ dataset, receipt }: Props) => (
  <EmptyState title="This batch waits no more">
    Somebody has decided on it, or a later run has replaced it.
    <Box aria-live="polite" color="fg" my={3}>
      <Decisions receipt={receipt} />
    </Box>
    <Link to={at.receipts({ dataset })}>Receipts of {dataset}</Link> · <Link to={at.reviews()}>What else waits</Link>
  </EmptyState>
);
