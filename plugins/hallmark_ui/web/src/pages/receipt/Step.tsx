/** One step of a chain: the version, and in which run, by whose code, checked how. */
import { Badge, Box, Code, HStack, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { FiAlertTriangle, FiShield, FiX } from "react-icons/fi";
import { api } from "@/api/client";
import { at } from "@/app/paths";
import { count, Link as To, Pill, Time } from "@/components";
import type { Link } from "./body";
import { isSource, nameOf, partitionsOf, taskOf } from "./tree";

const VERDICTS = {
  passed: { icon: FiShield, label: "Passed", palette: "success" },
  warned: { icon: FiAlertTriangle, label: "Warned", palette: "warning" },
  failed: { icon: FiX, label: "Failed", palette: "failed" },
} as const;
const COMMIT = 10;

const isVerdict = (verdict: string): verdict is keyof typeof VERDICTS => verdict in VERDICTS;

/** Where the thing itself is shown. */
function placeOf(link: Link): string {
  if (link.dataset.startsWith("dataset:")) {
    return at.lineage(link.dataset);
  }
  const version = link.versions.at(-1);
  return link.kind === "model" && version !== undefined ? at.modelVersion(link.dataset, version) : at.dataset(link.dataset);
}

const Name = ({ again, link }: { readonly again: boolean; readonly link: Link }) => (
  <HStack columnGap={3} flexWrap="wrap" fontSize="sm" rowGap={0}>
    <To bold to={placeOf(link)}>
      {nameOf(link)}
    </To>
    {["dataset", "query"].includes(link.kind) ? undefined : <Badge size="xs">{link.kind}</Badge>}
    {isSource(link) ? <Badge colorPalette="blue" size="xs">source</Badge> : undefined}
    <Text as="span" color="fg.muted">
      {[link.rows === null || link.rows === undefined ? "" : `${count(link.rows)} rows`, partitionsOf(link)].filter(Boolean).join(", ")}
    </Text>
    {again ? (
      <Text as="span" color="fg.muted" fontStyle="italic">
        {isSource(link) ? "the same as above" : "see above"}
      </Text>
    ) : undefined}
  </HStack>
);

const Line = ({ children, label }: { readonly children: ReactNode; readonly label: string }) => (
  <HStack alignItems="baseline" fontSize="xs" gap={2}>
    <Text as="span" color="fg.muted" flexShrink={0} width="6ch">
      {label}
    </Text>
    <HStack columnGap={2} flexWrap="wrap" minWidth={0} rowGap={0}>
      {children}
    </HStack>
  </HStack>
);

/** The task that made it, in Airflow's run if it was one. */
const Job = ({ link }: { readonly link: Link }) => {
  const facets = api.useQuery("get", "/api/v1/catalog/facets");
  const dags = facets.data?.dags.map((each) => each.value).filter((each) => each !== null) ?? [];
  const job = (link.job ?? "").replace(/^job:/, "");
  const task = link.receipts.length > 0 ? taskOf(job, dags) : undefined;
  const run = link.runs.at(-1);
  if (task === undefined || run === undefined) {
    return job;
  }
  return <To to={at.task(task[0], run, task[1])}>{job}</To>;
};

const When = ({ link }: { readonly link: Link }) =>
  link.first_at === link.last_at || !link.first_at ? (
    <Time at={link.last_at} />
  ) : (
    <>
      <Time at={link.first_at} /> to <Time at={link.last_at} />
    </>
  );

const Run = ({ link }: { readonly link: Link }) => {
  const receipt = link.receipts.at(-1);
  return (
    <Line label="by">
      <Job link={link} />
      {link.principal ? <span>for {link.principal}</span> : undefined}
      <span>{link.runs.length > 1 ? `in ${link.runs.length} runs` : (link.runs[0] ?? "")}</span>
      <Text as="span" color="fg.muted">
        <When link={link} />
      </Text>
      {receipt === undefined ? undefined : <To to={at.receipt(receipt)}>{link.receipts.length > 1 ? "newest receipt" : "receipt"}</To>}
    </Line>
  );
};

const Source = ({ code }: { readonly code: NonNullable<Link["code"]> }) => {
  const state = code["commit"] ?? code["version"] ?? code["sha256"];
  const place = code["path"] ?? code["file"] ?? code["url"];
  return state || place ? (
    <Line label="code">
      <span>{String(place ?? "unknown")}</span>
      {state ? <Code size="xs">{String(state).slice(0, COMMIT)}</Code> : undefined}
      {code["dirty"] === true ? <Badge colorPalette="amber" size="xs">changed since</Badge> : undefined}
    </Line>
  ) : undefined;
};

const Suite = ({ suite }: { readonly suite: NonNullable<Link["suite"]> }) => {
  const verdict = VERDICTS[isVerdict(suite.verdict) ? suite.verdict : "failed"];
  return (
    <Line label="suite">
      {suite.name ? <span>{suite.name}</span> : undefined}
      <Pill icon={verdict.icon} palette={verdict.palette} size="xs">
        {verdict.label}
      </Pill>
      <Text as="span" color="fg.muted">
        {suite.passed} of {suite.passed + suite.failed} met
      </Text>
    </Line>
  );
};

export const Step = ({ again, link }: { readonly again: boolean; readonly link: Link }) => (
  <Box minWidth={0} pb={2}>
    <Name again={again} link={link} />
    {link.hidden ? (
      <Text color="fg.muted" fontSize="xs">
        Made by a Dag that you may not read.
      </Text>
    ) : undefined}
    {again || link.hidden || isSource(link) ? undefined : (
      <>
        <Run link={link} />
        {link.code ? <Source code={link.code} /> : undefined}
        {link.suite ? <Suite suite={link.suite} /> : undefined}
      </>
    )}
  </Box>
);
