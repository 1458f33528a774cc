/** The versions of a model, and which of them to compare. */
import { Badge, Box, Button, Checkbox, Flex, Heading, HStack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, figure, Link, RelativeTime, StateBadge, type Column } from "@/components";
import { MOST } from "./chosen";
import { allScores, score } from "./scores";

type Page = components["schemas"]["ModelPage"];
type Version = Page["listed"][number];
type Source = Version["trained_on"][number];

type Choosing = { readonly choose: (versions: readonly string[]) => void; readonly chosen: readonly string[] };

/** What was read, said in a line: flights/features @ 2. */
const Read = ({ source }: { readonly source: Source }) => (
  <Box whiteSpace="nowrap">
    {source.kind === "dataset" ? <Link to={at.dataset(source.name)}>{source.name}</Link> : source.name}{" "}
    <Text as="span" color="fg.muted">
      @{source.version}
      {source.rows === null ? "" : `, ${count(source.rows)} rows`}
    </Text>
  </Box>
);

const Pick = ({ choose, chosen, version }: Choosing & { readonly version: string }) => {
  const checked = chosen.includes(version);
  return (
    <Checkbox.Root
      checked={checked}
      disabled={!checked && chosen.length >= MOST}
      onCheckedChange={() => {
        choose(checked ? chosen.filter((each) => each !== version) : [...chosen, version]);
      }}
      size="sm"
    >
      <Checkbox.HiddenInput aria-label={`Compare version ${version}`} />
      <Checkbox.Control />
    </Checkbox.Root>
  );
};

const columnsOf = (model: Page, choosing: Choosing): readonly Column<Version>[] => [
  { key: "version", header: "Version", cell: (row) => row.version, sort: (row) => row.version },
  { key: "compare", header: "Compare", cell: (row) => <Pick {...choosing} version={row.version} /> },
  {
    key: "aliases",
    header: "Aliases",
    cell: (row) => (
      <HStack gap={1}>
        {row.aliases.map((alias) => (
          <Badge colorPalette={alias === "champion" ? "brand" : undefined} key={alias}>
            {alias}
          </Badge>
        ))}
      </HStack>
    ),
  },
  ...allScores(model.listed).map(
    (name): Column<Version> => ({
      key: `score.${name}`,
      header: name,
      cell: (row) => figure(score(row.metrics, name)),
      numeric: true,
      sort: (row) => score(row.metrics, name),
    }),
  ),
  {
    key: "trained_on",
    header: "Trained On",
    cell: (row) => row.trained_on.map((source) => <Read key={`${source.name}@${source.version}@${source.partition ?? ""}`} source={source} />),
  },
  { key: "trained", header: "Trained", cell: (row) => <RelativeTime at={row.trained_at} />, sort: (row) => row.trained_at },
  { key: "by", header: "By", cell: (row) => row.trained_by, sort: (row) => row.trained_by },
  {
    key: "judged",
    header: "Judged",
    cell: (row) => (
      <Link to={at.receipt(row.judged_by)}>
        <RelativeTime at={row.judged_at} />
      </Link>
    ),
    sort: (row) => row.judged_at,
  },
  { key: "state", header: "State", cell: (row) => <StateBadge state={row.state} />, sort: (row) => row.state },
];

/** The champion and the newest of the others. */
function rivals(model: Page): readonly string[] {
  const champion = model.champion?.version ?? model.listed[0]?.version;
  const other = model.listed.find((version) => version.version !== champion)?.version;
  return champion === undefined || other === undefined ? [] : [champion, other];
}

export const Versions = ({ choose, chosen, model }: Choosing & { readonly model: Page }) => {
  const suggested = rivals(model);
  return (
    <Box>
      <Flex alignItems="center" justifyContent="space-between" mb={2}>
        <Heading size="md">{count(model.versions)} {model.versions === 1 ? "Version" : "Versions"}</Heading>
        {chosen.length < 2 && suggested.length === 2 ? (
          <Button
            onClick={() => {
              choose(suggested);
            }}
            size="sm"
            variant="outline"
          >
            Compare {suggested.join(" and ")}
          </Button>
        ) : undefined}
      </Flex>
      <DataTable
        columns={columnsOf(model, { choose, chosen })}
        empty="There is no version"
        label={`Versions of ${model.name}`}
        rowKey={(row) => row.version}
        rows={model.listed}
        to={(row) => at.modelVersion(model.name, row.version)}
      />
    </Box>
  );
};
