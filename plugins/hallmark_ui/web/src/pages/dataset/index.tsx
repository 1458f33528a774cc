/** The page of a dataset: its head, and a tab for each thing one asks about it. */
import { Box, Button } from "@chakra-ui/react";
import { lazy, Suspense, type ReactNode } from "react";
import { FiDatabase } from "react-icons/fi";
import { Link as RouterLink, useParams } from "react-router-dom";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, EmptyState, GateBadge, Link, Loaded, Loading, Owner, PageHeader, Pill, RelativeTime, span, TabBar } from "@/components";

type Dataset = components["schemas"]["DatasetView"];
type Part = { readonly draw: (dataset: Dataset) => ReactNode; readonly label: string };

const Overview = lazy(() => import("./Overview").then((file) => ({ default: file.Overview })));
const Schema = lazy(() => import("./Schema").then((file) => ({ default: file.Schema })));
const Versions = lazy(() => import("./Versions").then((file) => ({ default: file.Versions })));
const Profile = lazy(() => import("./Profile").then((file) => ({ default: file.Profile })));
const Checks = lazy(() => import("./Checks").then((file) => ({ default: file.Checks })));
const Rows = lazy(() => import("./Rows").then((file) => ({ default: file.Rows })));
const Quarantine = lazy(() => import("./Quarantine").then((file) => ({ default: file.Quarantine })));
const Usage = lazy(() => import("./Usage").then((file) => ({ default: file.Usage })));

/** The tabs, by the last part of their address. */
const TABS: Readonly<Record<string, Part>> = {
  overview: { label: "Overview", draw: (dataset) => <Overview dataset={dataset} /> },
  schema: { label: "Schema", draw: (dataset) => <Schema dataset={dataset} /> },
  versions: { label: "Versions", draw: (dataset) => <Versions name={dataset.name} /> },
  profile: { label: "Profile", draw: (dataset) => <Profile dataset={dataset} /> },
  checks: { label: "Checks", draw: (dataset) => <Checks name={dataset.name} /> },
  rows: { label: "Rows", draw: (dataset) => <Rows dataset={dataset} /> },
  quarantine: { label: "Quarantine", draw: (dataset) => <Quarantine name={dataset.name} /> },
  usage: { label: "Usage", draw: (dataset) => <Usage name={dataset.name} /> },
};

const FIRST = "overview";

const tabs = (dataset: Dataset) =>
  Object.entries(TABS)
    .filter(([key]) => key !== "rows" || dataset.may.see_rows)
    .map(([key, { label }]) => ({
      end: key === FIRST,
      label:
        key === "quarantine" && dataset.waiting > 0 ? (
          <>
            {label} <Pill palette="awaiting_input" size="xs">{count(dataset.waiting)}</Pill>
          </>
        ) : (
          label
        ),
      to: key === FIRST ? at.dataset(dataset.name) : at.dataset(dataset.name, key),
    }));

const Badges = ({ dataset }: { readonly dataset: Dataset }) => {
  const { gate, stale } = dataset;
  return (
    <>
      <GateBadge failed={gate?.checks_failed} passed={gate?.checks_passed} published={gate?.published} success={gate?.success} />
      {stale === null ? undefined : (
        <Pill palette={stale ? "warning" : "success"}>{stale ? "Late" : "Fresh"}</Pill>
      )}
      {dataset.classification === null ? undefined : <Pill palette="purple">{dataset.classification}</Pill>}
    </>
  );
};

const Ways = ({ dataset }: { readonly dataset: Dataset }) => (
  <>
    <Button asChild size="sm" variant="outline"><RouterLink to={at.lineage(dataset.node)}>Lineage</RouterLink></Button>
    <Button asChild size="sm" variant="outline"><RouterLink to={at.receipts({ dataset: dataset.name })}>Receipts</RouterLink></Button>
  </>
);

const stats = (dataset: Dataset) =>
  [
    ["Owner", <Owner key="owner" name={dataset.owner} />],
    ["Newest Version", dataset.latest_version ?? "none"],
    ["Partition", dataset.partition ?? "the whole"],
    ["Last Published", <RelativeTime at={dataset.last_published_at} key="at" />],
    ["Rows", count(dataset.rows)],
    ["Promised", dataset.freshness_seconds === null ? "no freshness" : `every ${span(dataset.freshness_seconds)}`],
    ["Dag", dataset.dag_id === null ? "" : <Link key="dag" to={at.dag(dataset.dag_id)}>{dataset.dag_id}</Link>],
  ] as const;

const DatasetPage = () => {
  const { name = "", tab = FIRST } = useParams();
  const query = api.useQuery("get", "/api/v1/catalog/datasets/{dataset}", { params: { path: { dataset: name } } }, { refetchInterval: useLive() });
  return (
    <Loaded back={["All datasets", at.datasets()]} query={query}>
      {(dataset) => (
        <>
          <PageHeader actions={<Ways dataset={dataset} />} badges={<Badges dataset={dataset} />} icon={FiDatabase} stats={stats(dataset)} title={dataset.name} />
          <TabBar label="Dataset" tabs={tabs(dataset)} />
          <Box pt={4}>
            <Suspense fallback={<Loading />}>
              {TABS[tab]?.draw(dataset) ?? <EmptyState title="There is no such tab">Choose another above.</EmptyState>}
            </Suspense>
          </Box>
        </>
      )}
    </Loaded>
  );
};

export default DatasetPage;
