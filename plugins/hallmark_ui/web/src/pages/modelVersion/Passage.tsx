/** Who let a version through: what each stage did with it, in whose name, and what came of it. */
import { Badge, Box, HStack, Text } from "@chakra-ui/react";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, EmptyState, Link, StateBadge, Time } from "@/components";
import { Origin } from "@/components/Origin";
import type { Body } from "../receipt/body";
import { stepsOf, type Judged, type Step } from "./steps";

type Version = components["schemas"]["ModelVersionView"];

const found = (results: UseQueryResult<Judged, unknown>[]): readonly Judged[] => results.flatMap(({ data }) => data ?? []);

/** The evaluations that the last decision was made on: it read them. */
function useJudged(receipt: string): readonly Judged[] {
  const query = api.useQuery("get", "/api/v1/receipts/{receipt}", { params: { path: { receipt } } });
  const read = ((query.data?.body ?? {}) as Body).inputs?.filter(({ kind, version }) => kind === "dataset" && version !== "") ?? [];
  return useQueries({
    combine: found,
    queries: read.map(({ name, version }) =>
      api.queryOptions("get", "/api/v1/catalog/datasets/{dataset}/versions/{version}", { params: { path: { dataset: name, version } } }, { select: (page): Judged => ({ ...page, name }) }),
    ),
  });
}

const Line = ({ aliases, step }: { readonly aliases: readonly string[]; readonly step: Step }) => (
  <HStack alignItems="baseline" as="li" columnGap={3} flexWrap="wrap" fontSize="sm" py={1} rowGap={0}>
    <Text fontWeight="bold" minWidth="10ch">{step.deed}</Text>
    {step.state === "published" ? undefined : <StateBadge size="xs" state={step.state} />}
    {aliases.map((alias) => (
      <Badge colorPalette="brand" key={alias}>as {alias}</Badge>
    ))}
    {step.checks === undefined ? undefined : <Link to={at.gate(step.receipt)}>{step.checks}</Link>}
    <Text as="span">
      by <b>{step.principal}</b>, <Time at={step.at} />
    </Text>
    <Text as="span" color="fg.muted">
      <Origin of={step.origin} /> · <Link to={at.receipt(step.receipt)}>Receipt</Link>
    </Text>
  </HStack>
);

export const Passage = ({ version }: { readonly version: Version }) => {
  const steps = stepsOf(version.receipts, useJudged(version.judged_by));
  return (
    <Card title="Who Let It Through">
      {steps.length === 0 ? (
        <EmptyState title="No stage has told of it" />
      ) : (
        <Box as="ol" listStyleType="none">
          {steps.map((step) => (
            <Line aliases={step.receipt === version.judged_by && step.deed === "Deployed" ? version.aliases : []} key={step.receipt} step={step} />
          ))}
        </Box>
      )}
    </Card>
  );
};
