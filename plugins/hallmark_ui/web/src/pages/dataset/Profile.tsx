/** How each column's values are spread, and how far they have moved since an earlier version. */
import { Grid, HStack, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { Choice, count, EmptyState, Loaded, Search, ShowMore, Term, usePart } from "@/components";
import { profileOf, type Profile as Figures } from "../gate/profile";
import { ColumnCard } from "./ColumnCard";

type Dataset = components["schemas"]["DatasetView"];
type Page = components["schemas"]["VersionPage"];
type Drift = components["schemas"]["Drift"];
type Version = components["schemas"]["VersionItem"];

const VERSIONS = "/api/v1/catalog/datasets/{dataset}/versions";
const MOST = 100;
/** As many columns as are drawn at once. */
const CARDS = 36;

const option = (one: Version) => ({
  label: `Version ${one.version}${one.partition === null ? "" : ` [${one.partition}]`}`,
  value: one.version,
});

/** Which version is shown, and against which one: both stand in the address. */
const Choices = ({ name, newest }: { readonly name: string; readonly newest: string }) => {
  const [version, setVersion] = useParam("version");
  const [base, setBase] = useParam("base");
  const [search, setSearch] = useParam("search");
  const query = api.useQuery("get", VERSIONS, { params: { path: { dataset: name }, query: { limit: MOST } } });
  const options = (query.data?.items ?? []).filter((one) => one.has_profile).map(option);
  return (
    <HStack gap={3} mb={3} wrap={{ base: "wrap", md: "nowrap" }}>
      <Search onChange={setSearch} placeholder="Search Columns" value={search} />
      <Choice all={`Newest version, ${newest}`} label="Version" onChange={setVersion} options={options} value={version} />
      <Choice all="Against the one before" label="Against" onChange={setBase} options={options} value={base} />
    </HStack>
  );
};

const Summary = ({ drift, page }: { readonly drift: Drift | undefined; readonly page: Page }) => {
  const moved = (drift?.columns ?? []).filter((one) => one.status !== "stable" && one.status !== "unknown");
  return (
    <Text color="fg.muted" fontSize="sm" mb={3}>
      Version {page.version}
      {page.partition === null ? "" : ` [${page.partition}]`}: {count(page.rows)} rows.{" "}
      {drift === undefined ? (
        "There is no version before it to compare with."
      ) : (
        <>
          Outlined is version {drift.base} with {count(drift.rows.before)} rows. {count(moved.length)} of {count(drift.columns.length)} columns have{" "}
          <Term name="drift">drifted</Term> by their <Term name="psi">PSI</Term>; a column that follows the partition, such as a date, always does.
        </>
      )}
    </Text>
  );
};

/** The columns of the profile, those that moved most first. */
function ordered(profile: Figures, drift: Drift | undefined): readonly string[] {
  const moved = (drift?.columns ?? []).map((one) => one.name);
  return [...moved, ...Object.keys(profile.columns).filter((name) => !moved.includes(name))];
}

const Columns = ({ drift, page, profile }: { readonly drift: Drift | undefined; readonly page: Page; readonly profile: Figures }) => {
  const [search] = useParam("search");
  const names = ordered(profile, drift).filter((name) => name.toLowerCase().includes(search.toLowerCase()));
  const { more, shown } = usePart(names, CARDS);
  return (
    <>
      <Summary drift={drift} page={page} />
      <Grid gap={4} templateColumns="repeat(auto-fill, minmax(290px, 1fr))">
        {shown.map((name) => (
          <ColumnCard
            drift={drift?.columns.find((one) => one.name === name)}
            field={page.schema.find((one) => one.name === name)}
            key={name}
            name={name}
            profile={profile.columns[name]}
            rows={profile.rows}
          />
        ))}
      </Grid>
      <ShowMore more={more} />
      {names.length === 0 ? <EmptyState title="No column fits" /> : undefined}
    </>
  );
};

export const Profile = ({ dataset }: { readonly dataset: Dataset }) => {
  const [chosen] = useParam("version");
  const [base] = useParam("base");
  const version = chosen === "" ? (dataset.latest_version ?? "") : chosen;
  const path = { dataset: dataset.name, version };
  const page = api.useQuery("get", `${VERSIONS}/{version}`, { params: { path } }, { enabled: version !== "" });
  const drift = api.useQuery(
    "get",
    "/api/v1/catalog/datasets/{dataset}/drift",
    { params: { path: { dataset: dataset.name }, query: { base: base === "" ? undefined : base, version } } },
    // The first version has none before it: that is no fault.
    { enabled: version !== "" && dataset.versions > 1, retry: false },
  );
  if (version === "") {
    return <EmptyState title="No version is published yet">Its profile is taken when one is.</EmptyState>;
  }
  return (
    <>
      <Choices name={dataset.name} newest={dataset.latest_version ?? ""} />
      <Loaded query={page}>
        {(told) => {
          const profile = profileOf(told.profile);
          return profile === null ? (
            <EmptyState title="This version has no profile">Profiles are taken where the stage has not turned them off.</EmptyState>
          ) : (
            <Columns drift={drift.data} page={told} profile={profile} />
          );
        }}
      </Loaded>
    </>
  );
};
