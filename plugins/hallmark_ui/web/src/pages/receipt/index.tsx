/** A receipt: what one stage made from what, how it was checked, and the whole story behind it. */
import { Box, Button, Code, HStack, SimpleGrid, Stack } from "@chakra-ui/react";
import { FiFileText, FiGitBranch } from "react-icons/fi";
import { Link as RouterLink, useParams } from "react-router-dom";
import { api } from "@/api/client";
import { whileRunning } from "@/api/live";
import type { components } from "@/api/schema";
import { hostUrl } from "@/app/host";
import { at } from "@/app/paths";
import { Card, CopyButton, count, duration, figure, GateBadge, Link, Loaded, PageHeader, StateBadge, Term, Time } from "@/components";
import { CodeVersion } from "@/components/CodeVersion";
import { Facts } from "@/components/Facts";
import { Origin } from "@/components/Origin";
import { Seconds } from "@/components/Seconds";
import { Settings } from "@/components/Settings";
import { labelOf } from "../receipts/columns";
import type { Body } from "./body";
import { Message } from "./Message";
import { Story } from "./Story";
import { Versions } from "./Versions";

type Receipt = components["schemas"]["ReceiptView"];

const Gate = ({ receipt }: { readonly receipt: Receipt }) =>
  receipt.gate_success === null ? undefined : (
    <HStack gap={2}>
      <GateBadge
        failed={receipt.checks_failed ?? undefined}
        passed={receipt.checks_passed ?? undefined}
        published={receipt.state === "published"}
        success={receipt.gate_success}
      />
      <Link to={at.gate(receipt.id)}>
        {receipt.checks_passed} of {(receipt.checks_passed ?? 0) + (receipt.checks_failed ?? 0)} met
      </Link>
    </HStack>
  );

const Quarantined = ({ receipt }: { readonly receipt: Receipt }) =>
  receipt.quarantined === 0 || receipt.output_name === null ? (
    count(receipt.quarantined)
  ) : (
    <Link to={at.reviews({ dataset: receipt.output_name })}>{count(receipt.quarantined)}</Link>
  );

const Actions = ({ receipt }: { readonly receipt: Receipt }) => (
  <>
    {receipt.node === null ? undefined : (
      <Button asChild size="sm" variant="outline">
        <RouterLink to={at.lineage(receipt.node)}>
          <FiGitBranch /> Lineage
        </RouterLink>
      </Button>
    )}
    <Button asChild size="sm" variant="outline">
      <a href={hostUrl(`hallmark/api/v1/receipts/${encodeURIComponent(receipt.id)}`)} rel="noopener noreferrer" target="_blank">
        JSON
      </a>
    </Button>
  </>
);

const Head = ({ operator, receipt }: { readonly operator: string; readonly receipt: Receipt }) => (
  <PageHeader
    actions={<Actions receipt={receipt} />}
    badges={<StateBadge state={receipt.state} />}
    icon={FiFileText}
    stats={[
      ["Task Instance", <Origin key="origin" of={receipt} />],
      ["Stage", operator === "" || operator.startsWith("_") ? receipt.kind : operator],
      ...(receipt.try_number > 1 ? [["Try", receipt.try_number] as const] : []),
      ["Started", <Time at={receipt.started_at} key="started" />],
      ["Duration", receipt.seconds === null ? "still running" : duration(receipt.seconds)],
      [<Term key="term" name="principal">By</Term>, receipt.principal],
      ...(receipt.rows_in === null ? [] : [["Rows In", count(receipt.rows_in)] as const]),
      ...(receipt.rows_out === null ? [] : [["Rows Out", count(receipt.rows_out)] as const]),
      [<Term key="term" name="quarantine">Quarantined</Term>, <Quarantined key="quarantined" receipt={receipt} />],
      ...(receipt.gate_success === null ? [] : [[<Term key="term" name="gate">Gate</Term>, <Gate key="gate" receipt={receipt} />] as const]),
    ]}
    title={labelOf(receipt)}
  >
    <HStack gap={1}>
      Receipt <Code>{receipt.id}</Code> <CopyButton label="Copy the id" value={receipt.id} />
    </HStack>
  </PageHeader>
);

const Sql = ({ sql }: { readonly sql: string }) => (
  <Card actions={<CopyButton label="Copy the SQL" value={sql} />} title="SQL">
    <Box as="pre" fontFamily="mono" fontSize="xs" maxHeight="400px" overflow="auto" tabIndex={0} whiteSpace="pre-wrap">
      {sql}
    </Box>
  </Card>
);

const Details = ({ body, receipt }: { readonly body: Body; readonly receipt: Receipt }) => {
  const metrics = Object.entries(body.metrics ?? {});
  return (
    <SimpleGrid alignItems="start" columns={{ base: 1, lg: 2 }} gap={4}>
      <Stack gap={4} minWidth={0}>
        <Card title="Parameters">
          <Settings values={body.parameters ?? {}} />
        </Card>
        {metrics.length === 0 ? undefined : (
          <Card title="Metrics">
            <Facts facts={metrics.map(([name, value]) => [name, Number.isInteger(value) ? count(value) : figure(value)])} />
          </Card>
        )}
        {Object.keys(body.environment ?? {}).length === 0 ? undefined : (
          <Card title="Environment">
            <Facts facts={Object.entries(body.environment ?? {})} />
          </Card>
        )}
      </Stack>
      <Stack gap={4} minWidth={0}>
        <Card title="Steps">
          <Seconds seconds={body.seconds ?? {}} />
        </Card>
        <Card title="Code">
          <CodeVersion code={body.code} url={receipt.code_url} />
        </Card>
      </Stack>
    </SimpleGrid>
  );
};

const Whole = ({ receipt }: { readonly receipt: Receipt }) => {
  const body = receipt.body as Body;
  return (
    <>
      <Head operator={body.run?.operator ?? ""} receipt={receipt} />
      <Stack gap={4}>
        <Message message={receipt.message} state={receipt.state} />
        <SimpleGrid alignItems="start" columns={{ base: 1, lg: 2 }} gap={4}>
          <Card title="Inputs">
            <Versions empty="It read no dataset." label="Inputs" versions={body.inputs ?? []} />
          </Card>
          <Card title="Output">
            <Versions empty="It writes nothing." label="Output" versions={body.output ? [body.output] : []} />
          </Card>
        </SimpleGrid>
        {receipt.state === "published" && receipt.output_version ? <Story receipt={receipt.id} /> : undefined}
        <Details body={body} receipt={receipt} />
        {body.sql ? <Sql sql={body.sql} /> : undefined}
      </Stack>
    </>
  );
};

const ReceiptPage = () => {
  const { id = "" } = useParams();
  const live = { refetchInterval: whileRunning<Receipt>(({ state }) => state === "running") };
  const query = api.useQuery("get", "/api/v1/receipts/{receipt}", { params: { path: { receipt: id } } }, live);
  return <Loaded back={["All receipts", at.receipts()]} query={query}>{(receipt) => <Whole receipt={receipt} />}</Loaded>;
};

export default ReceiptPage;
