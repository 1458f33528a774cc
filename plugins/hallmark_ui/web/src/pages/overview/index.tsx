/** The first page: what needs somebody now, how the gates held, what is as new as promised. */
import { Button, ButtonGroup, Flex, Grid, Heading, Text } from "@chakra-ui/react";
import { useState, type ReactNode } from "react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { count, Link, Loaded } from "@/components";
import { Attention } from "./Attention";
import { Freshness } from "./Freshness";
import { Models } from "./Models";
import { remember, remembered, VIEWS, type Block, type View, type ViewName } from "./principals";
import { Reliance } from "./Reliance";
import { Setbacks } from "./Setbacks";
import { Trend } from "./Trend";

type Told = components["schemas"]["OverviewView"];
type State = { readonly days: string; readonly onDays: (days: string) => void; readonly told: Told; readonly view: View };

const DAYS = "14";

/** What stands on the page, by name: a view chooses and orders them. */
const BLOCKS: Readonly<Record<Block, (state: State) => ReactNode>> = {
  attention: ({ told, view }) => <Attention counts={told.counts} items={told.attention} key="attention" kinds={view.kinds} />,
  freshness: ({ told }) => <Freshness freshness={told.freshness} key="freshness" />,
  models: () => <Models key="models" />,
  reliance: () => <Reliance key="reliance" />,
  setbacks: ({ told }) => <Setbacks key="setbacks" since={told.trend[0]?.day ?? told.at_day} told={new Set(told.attention.flatMap(({ receipt_id: id }) => id ?? []))} />,
  trend: ({ days, onDays, told }) => <Trend days={days} key="trend" onDays={onDays} trend={told.trend} />,
};

type ChooserProps = { readonly chosen: ViewName; readonly onChoose: (view: ViewName) => void };

const Chooser = ({ chosen, onChoose }: ChooserProps) => (
  <ButtonGroup aria-label="View for" attached role="group" size="sm" variant="outline">
    {(Object.keys(VIEWS) as ViewName[]).map((name) => (
      <Button
        aria-pressed={name === chosen}
        colorPalette="brand"
        key={name}
        onClick={() => {
          onChoose(name);
        }}
        variant={name === chosen ? "solid" : "outline"}
      >
        {VIEWS[name].label}
      </Button>
    ))}
  </ButtonGroup>
);

const Page = ({ told, user }: { readonly told: Told; readonly user: string }) => {
  const [days, onDays] = useParam("days");
  const [name, setName] = useState<ViewName>(() => remembered(user));
  const view = VIEWS[name];
  return (
    <>
      <Flex alignItems="center" gap={3} justifyContent="space-between" mb={4} wrap="wrap">
        <div>
          <Heading size="xl">
            <Link to={at.datasets()}>{count(told.totals.datasets)} {told.totals.datasets === 1 ? "Dataset" : "Datasets"}</Link>,{" "}
            <Link to={at.models()}>{count(told.totals.models)} {told.totals.models === 1 ? "Model" : "Models"}</Link>
          </Heading>
          <Text color="fg.muted" fontSize="sm">{view.about}</Text>
        </div>
        <Chooser
          chosen={name}
          onChoose={(next) => {
            setName(next);
            remember(user, next);
          }}
        />
      </Flex>
      <Grid gap={4}>{view.blocks.map((block) => BLOCKS[block]({ days, onDays, told, view }))}</Grid>
    </>
  );
};

const Overview = () => {
  const [days] = useParam("days");
  const live = useLive();
  const me = api.useQuery("get", "/api/v1/me");
  const query = api.useQuery(
    "get",
    "/api/v1/overview",
    { params: { query: { days: Number(days === "" ? DAYS : days) } } },
    { placeholderData: (before) => before, refetchInterval: live },
  );
  return <Loaded query={query}>{(told) => <Loaded query={me}>{({ name }) => <Page told={told} user={name} />}</Loaded>}</Loaded>;
};

export default Overview;
