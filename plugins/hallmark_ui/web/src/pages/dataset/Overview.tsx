/** What a dataset is, whether it can be relied on, and the ways from it. */
import { Alert, Box, Grid, HStack, Stack, Text } from "@chakra-ui/react";
import { FiBookOpen, FiFileText, FiShare2, FiShield } from "react-icons/fi";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, CopyButton, count, counted, GateBadge, Link, Markdown, RelativeTime, span, Stat, StateBadge, Time } from "@/components";

type Dataset = components["schemas"]["DatasetView"];

/** That the newest run was held back, and what readers see instead. */
const Held = ({ dataset }: { readonly dataset: Dataset }) => {
  const { gate } = dataset;
  if (gate === null || gate.state !== "refused") {
    return undefined;
  }
  const whole = gate.checks_passed + gate.checks_failed;
  return (
    <Alert.Root mb={4} status="error">
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>
          The newest run{gate.partition === null ? "" : ` (${gate.partition})`} was refused at the gate: {count(gate.checks_failed)} of{" "}
          {count(whole)} expectations were not met.
        </Alert.Title>
        <Alert.Description>
          {dataset.latest_version === null
            ? "Nothing has been published yet."
            : `Readers still see version ${dataset.latest_version}${dataset.partition === null ? "" : `, up to ${dataset.partition}`}.`}{" "}
          {gate.quarantined > 0 ? `${counted(gate.quarantined, "row was", "rows were")} kept out. ` : ""}
          <Link bold to={at.gate(gate.receipt_id)}>See why</Link>
        </Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
};

const Copied = ({ value }: { readonly value: string }) => (
  <HStack gap={1}>
    <Text overflowWrap="anywhere">{value}</Text>
    <CopyButton value={value} />
  </HStack>
);

const NONE = <Text color="fg.muted">none</Text>;

const Promised = ({ dataset }: { readonly dataset: Dataset }) =>
  dataset.freshness_seconds === null ? (
    <Text color="fg.muted">not promised</Text>
  ) : (
    <Text>
      every {span(dataset.freshness_seconds)}
      {dataset.fresh_until === null ? undefined : (
        <>
          ; {dataset.stale === true ? "late since" : "due"} <RelativeTime at={dataset.fresh_until} />
        </>
      )}
    </Text>
  );

const Contract = ({ dataset }: { readonly dataset: Dataset }) => (
  <Card icon={FiFileText} title="Contract">
    <Grid gap={4} templateColumns={{ base: "1fr", md: "1fr 1fr" }}>
      <Stat label="Contract File">{dataset.contract ?? NONE}</Stat>
      <Stat label="Suite of Expectations">{dataset.suite?.path ?? NONE}</Stat>
      <Stat label="Freshness"><Promised dataset={dataset} /></Stat>
      <Stat label="Primary Key">{dataset.primary_key.length > 0 ? dataset.primary_key.join(", ") : NONE}</Stat>
      <Stat label="Partitioned By">{dataset.partition_by ?? NONE}</Stat>
      <Stat label="Kept">{counted(dataset.versions, "version")}{dataset.total_rows === null ? "" : `, ${counted(dataset.total_rows, "row")} published`}</Stat>
    </Grid>
  </Card>
);

const LastGate = ({ dataset }: { readonly dataset: Dataset }) => {
  const { gate } = dataset;
  return (
    <Card icon={FiShield} title="Last Gate">
      {gate === null ? (
        <Text color="fg.muted" fontSize="sm">No suite was checked yet. Where a dataset names a suite, its stage publishes only what meets it.</Text>
      ) : (
        <Stack gap={3}>
          <HStack gap={2} wrap="wrap">
            <GateBadge failed={gate.checks_failed} passed={gate.checks_passed} published={gate.published} success={gate.success} />
            <StateBadge state={gate.state} />
            <Text fontSize="sm">
              {count(gate.checks_passed)} of {count(gate.checks_passed + gate.checks_failed)} expectations met
            </Text>
          </HStack>
          <HStack fontSize="sm" gap={3} wrap="wrap">
            <Time at={gate.at} />
            <Link to={at.gate(gate.receipt_id)}>Gate run</Link>
            <Link to={at.task(gate.dag_id, gate.run_id, gate.task_id, gate.map_index)}>Run {gate.run_id}</Link>
          </HStack>
        </Stack>
      )}
    </Card>
  );
};

const Ways = ({ dataset }: { readonly dataset: Dataset }) => {
  const usage = api.useQuery("get", "/api/v1/catalog/datasets/{dataset}/usage", { params: { path: { dataset: dataset.name } } });
  const assets = usage.data?.assets ?? [];
  return (
    <Card icon={FiShare2} title="Where It Leads">
      <Stack fontSize="sm" gap={2}>
        <Link to={at.lineage(dataset.node)}>Lineage: what it is made from, and what is made from it</Link>
        <Link to={at.receipts({ dataset: dataset.name })}>Receipts: every run that wrote it</Link>
        {dataset.dag_id === null ? undefined : <Link to={at.dag(dataset.dag_id)}>Dag {dataset.dag_id}</Link>}
        {assets.map((asset) => (
          <Link key={asset.id} to={at.asset(asset.id)}>Asset {asset.name}</Link>
        ))}
        <Copied value={dataset.location} />
      </Stack>
    </Card>
  );
};

export const Overview = ({ dataset }: { readonly dataset: Dataset }) => (
  <>
    <Held dataset={dataset} />
    <Grid gap={4} templateColumns={{ base: "1fr", lg: "3fr 2fr" }}>
      <Stack gap={4} minWidth={0}>
        <Card icon={FiBookOpen} title="Documentation">
          {dataset.description ? (
            <Box fontSize="sm"><Markdown>{dataset.description}</Markdown></Box>
          ) : (
            <Text color="fg.muted" fontSize="sm">Nobody has described this dataset yet: its contract has a place for a description.</Text>
          )}
        </Card>
        <Contract dataset={dataset} />
      </Stack>
      <Stack gap={4} minWidth={0}>
        <LastGate dataset={dataset} />
        <Ways dataset={dataset} />
      </Stack>
    </Grid>
  </>
);
