/** Who writes a dataset and who reads it. */
import { Grid, HStack, Stack, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { FiDatabase, FiDownload, FiLogIn, FiLogOut, FiUpload } from "react-icons/fi";
import type { IconType } from "react-icons";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, Link, Loaded, Owner, Pill, RelativeTime } from "@/components";

type Told = components["schemas"]["Usage"];
type Job = Told["readers"][number];
type Neighbour = Told["upstream"][number];
type Asset = Told["assets"][number];

type PartProps<Row> = {
  readonly draw: (row: Row) => ReactNode;
  readonly icon: IconType;
  readonly none: string;
  readonly rows: readonly Row[];
  readonly title: string;
};

function Part<Row>({ draw, icon, none, rows, title }: PartProps<Row>) {
  return (
    <Card icon={icon} title={title}>
      {rows.length > 0 ? <Stack fontSize="sm" gap={2}>{rows.map(draw)}</Stack> : <Text color="fg.muted" fontSize="sm">{none}</Text>}
    </Card>
  );
}

/** The states of OpenLineage's runs, as Airflow names and colours its own. */
const STATES: Readonly<Record<string, readonly [string, string]>> = {
  abort: ["failed", "Aborted"],
  complete: ["success", "Success"],
  fail: ["failed", "Failed"],
  running: ["running", "Running"],
};
const look = (state: string): readonly [string, string] => STATES[state.toLowerCase()] ?? ["none", state];

const State = ({ state }: { readonly state: string }) => {
  const [palette, label] = look(state);
  return <Pill palette={palette} size="xs">{label}</Pill>;
};

const drawJob = (job: Job) => (
  <HStack justifyContent="space-between" key={job.node} wrap="wrap">
    <Link to={at.lineage(job.node)}>{job.name}</Link>
    <HStack color="fg.muted">
      <RelativeTime at={job.seen_at} />
      {job.state === null ? undefined : <State state={job.state} />}
    </HStack>
  </HStack>
);

const drawNeighbour = (one: Neighbour) => (
  <HStack justifyContent="space-between" key={one.node} wrap="wrap">
    <Link to={one.hallmark === null ? at.lineage(one.node) : one.type === "MODEL" ? at.model(one.hallmark) : at.dataset(one.hallmark)}>
      {one.hallmark ?? one.name}
    </Link>
    {one.owner === null ? undefined : <Owner name={one.owner} />}
  </HStack>
);

const drawAsset = (asset: Asset) => (
  <Stack gap={1} key={asset.id}>
    <Link to={at.asset(asset.id)}>{asset.name}</Link>
    {asset.scheduled_dags.map((dag) => (
      <Text color="fg.muted" key={dag}>schedules <Link to={at.dag(dag)}>{dag}</Link></Text>
    ))}
  </Stack>
);

export const Usage = ({ name }: { readonly name: string }) => {
  const query = api.useQuery("get", "/api/v1/catalog/datasets/{dataset}/usage", { params: { path: { dataset: name } } });
  return (
    <Loaded query={query}>
      {(told) => (
        <Grid gap={4} templateColumns={{ base: "1fr", lg: "1fr 1fr" }}>
          <Part draw={drawJob} icon={FiUpload} none="No job was seen to write it." rows={told.writers} title="Written By" />
          <Part draw={drawJob} icon={FiDownload} none="No job was seen to read it." rows={told.readers} title="Read By" />
          <Part draw={drawNeighbour} icon={FiLogIn} none="It is made from nothing that is known." rows={told.upstream} title="Made From" />
          <Part draw={drawNeighbour} icon={FiLogOut} none="Nothing is made from it yet." rows={told.downstream} title="Made From It" />
          <Part draw={drawAsset} icon={FiDatabase} none="Airflow has no asset of it." rows={told.assets} title="Assets" />
        </Grid>
      )}
    </Loaded>
  );
};
