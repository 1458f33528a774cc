/** One gate run: what was asked of the data, what it was, and what came of it. */
import { Button, Link as ChakraLink, Flex, Heading, HStack, Stack } from "@chakra-ui/react";
import { FiShield } from "react-icons/fi";
import { Link as RouterLink, useParams } from "react-router-dom";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Choice, CopyButton, count, counted, EmptyState, GateBadge, Link, Loaded, PageHeader, Search, ShowMore, StateBadge, Time, usePart } from "@/components";
import { profileOf, type Profile } from "./profile";
import { hasBounds, Result, type Shape } from "./Result";
import { Verdict } from "./Verdict";
import { asked } from "./words";

type Gate = components["schemas"]["GateView"];
type Outcome = components["schemas"]["Outcome"];

const DATASETS = "/api/v1/catalog/datasets/{dataset}";

const Suite = ({ suite }: { readonly suite: Gate["suite"] }) =>
  suite === null ? undefined : (
    <HStack as="span" gap={1}>
      {suite.url ? (
        <ChakraLink color="fg.info" href={suite.url} rel="noopener noreferrer" target="_blank">{suite.path}</ChakraLink>
      ) : (
        suite.path
      )}
      <CopyButton label="Copy the suite's path" value={suite.path} />
    </HStack>
  );

const Steps = ({ gate }: { readonly gate: Gate }) => (
  <>
    {gate.previous === null ? undefined : (
      <Button asChild size="sm" variant="outline">
        <RouterLink to={at.gate(gate.previous)}>Run before</RouterLink>
      </Button>
    )}
    {gate.next === null ? undefined : (
      <Button asChild size="sm" variant="outline">
        <RouterLink to={at.gate(gate.next)}>Run after</RouterLink>
      </Button>
    )}
    <Button asChild size="sm" variant="outline">
      <RouterLink to={at.receipt(gate.receipt_id)}>Receipt</RouterLink>
    </Button>
  </>
);

const stats = (gate: Gate) =>
  [
    ["Outcome", <StateBadge key="state" state={gate.state} />],
    ["Dataset", gate.output_name === null ? "" : <Link key="name" to={at.dataset(gate.output_name)}>{gate.output_name}</Link>],
    ["Partition", gate.partition ?? "the whole"],
    ["Version", gate.version ?? "none published"],
    ["Rows in Quarantine", count(gate.quarantined)],
    ["Task", <Link key="task" to={at.task(gate.dag_id, gate.run_id, gate.task_id, gate.map_index)}>{gate.dag_id} / {gate.task_id}</Link>],
    ["Checked", <Time at={gate.at} key="at" />],
    ["By", gate.principal],
    ["Suite", <Suite key="suite" suite={gate.suite} />],
  ] as const;

const SHOWN: Readonly<Record<string, (result: Outcome) => boolean>> = {
  unmet: (result) => !result.success,
  met: (result) => result.success,
  changed: (result) => result.change !== null && result.change !== undefined && result.change !== "same",
};
const SHOWS = [
  { label: "Not met", value: "unmet" },
  { label: "Met", value: "met" },
  { label: "Changed since the run before", value: "changed" },
];

/** What failed stands first: critical, then the rest. */
const weight = (result: Outcome): number => (result.success ? 2 : result.severity === "critical" ? 0 : 1);
/** As many as are drawn at once. */
const MOST = 100;
const byWeight = (results: readonly Outcome[]) =>
  [...results].sort((one, other) => weight(one) - weight(other) || one.position - other.position);

type ResultsProps = { readonly from: string; readonly gate: Gate; readonly profile: Profile | null };

const Results = ({ from, gate, profile }: ResultsProps) => {
  const [show, setShow] = useParam("show");
  const [search, setSearch] = useParam("search");
  const wanted = gate.results.filter(
    (result) =>
      (SHOWN[show]?.(result) ?? true) &&
      `${asked(result.expectation, result.kwargs)} ${result.expectation}`.toLowerCase().includes(search.toLowerCase()),
  );
  const { more, shown } = usePart(byWeight(wanted), MOST);
  const shape = (result: Outcome): Shape | undefined => {
    const column = result.column === null ? undefined : profile?.columns[result.column];
    return column === undefined ? undefined : { column, from };
  };
  return (
    <>
      <Flex gap={3} mb={3}>
        <Search onChange={setSearch} placeholder="Search Expectations" value={search} />
        <Choice label="Results" onChange={setShow} options={SHOWS} value={show} />
      </Flex>
      <Heading mb={2} size="md">{counted(wanted.length, "Expectation")}</Heading>
      <Stack as="ul" gap={0}>
        {shown.map((result) => (
          <Result key={result.position} result={result} shape={shape(result)} suite={gate.suite?.path} />
        ))}
      </Stack>
      <ShowMore more={more} />
      {wanted.length === 0 ? <EmptyState title="No expectation fits" /> : undefined}
    </>
  );
};

/** A refused output has no profile of its own: the last published version's shows where its bounds lie. */
const Checked = ({ gate }: { readonly gate: Gate }) => {
  const name = gate.output_name ?? "";
  const known = gate.output_kind === "dataset";
  const dataset = api.useQuery("get", DATASETS, { params: { path: { dataset: name } } }, { enabled: known });
  const version = gate.version ?? dataset.data?.latest_version ?? "";
  const drawn = known && version !== "" && gate.results.some(hasBounds);
  const page = api.useQuery(
    "get",
    "/api/v1/catalog/datasets/{dataset}/versions/{version}",
    { params: { path: { dataset: name, version } } },
    { enabled: drawn },
  );
  const from = gate.version === null ? `version ${version}, the last that was published` : `this version, ${version}`;
  return (
    <>
      <Verdict dataset={dataset.data} gate={gate} />
      <Results from={from} gate={gate} profile={profileOf(page.data?.profile)} />
    </>
  );
};

const GateRun = () => {
  const { receipt = "" } = useParams();
  const query = api.useQuery("get", "/api/v1/gates/{receipt}", { params: { path: { receipt } } });
  return (
    <Loaded back={["All gate runs", at.quality()]} query={query}>
      {(gate) => (
        <>
          <PageHeader
            actions={<Steps gate={gate} />}
            badges={<GateBadge failed={gate.checks_failed} passed={gate.checks_passed} published={gate.published} success={gate.success} />}
            icon={FiShield}
            stats={stats(gate)}
            title={`Gate of ${gate.output_name ?? gate.task_id}${gate.partition === null ? "" : ` [${gate.partition}]`}`}
          />
          <Checked gate={gate} />
        </>
      )}
    </Loaded>
  );
};

export default GateRun;
