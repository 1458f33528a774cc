/** The task instance that something comes from, with Airflow's page of each part. */
import { Box, HStack, Text } from "@chakra-ui/react";
import { at } from "@/app/paths";
import { Link } from "./Link";

type Props = {
  readonly of: { readonly dag_id: string; readonly map_index?: number; readonly run_id: string; readonly task_id: string };
  /** The task above, its Dag and run in small letters below it: for a table. */
  readonly stacked?: boolean;
};

// What people do is no DAG of Airflow's: its run is the receipt it is about. See hallmark.catalog.store.BY_HAND.
const BY_HAND = "hallmark";
const WIDEST_RUN = "26ch";

const Slash = () => (
  <Text aria-hidden="true" as="span" color="fg.muted">
    /
  </Text>
);

export const Origin = ({ of: { dag_id: dag, map_index: index = -1, run_id: run, task_id: task }, stacked = false }: Props) => {
  if (dag === BY_HAND) {
    return (
      <Box as="span" whiteSpace={stacked ? "nowrap" : undefined}>
        {task} of <Link to={at.receipt(run)}>a receipt</Link>
      </Box>
    );
  }
  const instance = (
    <Link to={at.task(dag, run, task, index)}>
      {index < 0 ? task : `${task} [${index}]`}
    </Link>
  );
  const around = (
    <>
      <Link to={at.dag(dag)}>{dag}</Link>
      <Slash />
      <Link to={at.run(dag, run)}>
        <Text as="span" display="inline-block" maxWidth={stacked ? WIDEST_RUN : undefined} title={run} truncate={stacked} verticalAlign="bottom">
          {run}
        </Text>
      </Link>
    </>
  );
  return stacked ? (
    <Box whiteSpace="nowrap">
      {instance}
      <HStack fontSize="xs" gap={1}>
        {around}
      </HStack>
    </Box>
  ) : (
    <HStack as="span" display="inline-flex" flexWrap="wrap" gap={1}>
      {around}
      <Slash />
      {instance}
    </HStack>
  );
};
