/** A batch in quarantine: its rows, why each is there, and the decision on them. */
import { Alert, Button, Stack, Switch } from "@chakra-ui/react";
import { useState } from "react";
import { FiInbox } from "react-icons/fi";
import { useParams } from "react-router-dom";
import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Card, count, ErrorState, Link, Loading, PageHeader, StateBadge, Time } from "@/components";
import { Origin } from "@/components/Origin";
import { Decision } from "../reviews/Decision";
import { ACTIONS, isAction, type Action } from "../reviews/kinds";
import { Gone } from "./Gone";
import { Expectations, Rows } from "./Rows";

type Batch = components["schemas"]["BatchView"];

const PART = 50;
// The API reads no further.
const FURTHEST = 10_000;

/** The rows, part by part. */
function useRows(dataset: string, receipt: string, personal: boolean) {
  return api.useInfiniteQuery(
    "get",
    "/api/v1/reviews/quarantine/{dataset}/{receipt}",
    { params: { path: { dataset, receipt }, query: { limit: PART, personal } } },
    {
      getNextPageParam: (last) => {
        const next = last.offset + last.items.length;
        return last.items.length > 0 && next < last.total && next <= FURTHEST ? next : undefined;
      },
      initialPageParam: 0,
      pageParamName: "offset",
    },
  );
}

const Actions = ({ batch, decide }: { readonly batch: Batch; readonly decide: (action: Action) => void }) => (
  <>
    {batch.actions.filter(isAction).map((action) => (
      <Button
        colorPalette={ACTIONS[action].palette}
        key={action}
        onClick={() => {
          decide(action);
        }}
        size="sm"
        variant={action === "discard" ? "outline" : "solid"}
      >
        {ACTIONS[action].label}
      </Button>
    ))}
  </>
);

const Head = ({ batch, decide }: { readonly batch: Batch; readonly decide: (action: Action) => void }) => (
  <PageHeader
    actions={<Actions batch={batch} decide={decide} />}
    badges={<StateBadge state={batch.standing} />}
    icon={FiInbox}
    stats={[
      ["Dataset", <Link key="dataset" to={at.dataset(batch.dataset)}>{batch.dataset}</Link>],
      ...(batch.partition === null ? [] : [["Partition", batch.partition] as const]),
      ["Set Apart", <Time at={batch.set_apart_at} key="at" />],
      ["Task Instance", <Origin key="origin" of={batch} />],
      ["Receipt", <Link key="receipt" to={at.receipt(batch.receipt_id)}>{batch.receipt_id.slice(0, 8)}</Link>],
      ["Gate", <Link key="gate" to={at.gate(batch.receipt_id)}>All Results</Link>],
    ]}
    title={`${count(batch.rows)} rows of ${batch.dataset} in quarantine`}
  />
);

const WhyNot = ({ why }: { readonly why: string }) => (
  <Alert.Root status="info">
    <Alert.Indicator />
    <Alert.Content>
      <Alert.Title>These rows cannot be released</Alert.Title>
      <Alert.Description>{why.charAt(0).toUpperCase() + why.slice(1)}.</Alert.Description>
    </Alert.Content>
  </Alert.Root>
);

const Personal = ({ on, set }: { readonly on: boolean; readonly set: (on: boolean) => void }) => (
  <Switch.Root
    checked={on}
    onCheckedChange={(event) => {
      set(event.checked);
    }}
    size="sm"
  >
    <Switch.HiddenInput />
    <Switch.Control />
    <Switch.Label>Show personal data</Switch.Label>
  </Switch.Root>
);

const Review = () => {
  const { dataset = "", receipt = "" } = useParams();
  const [personal, setPersonal] = useParam("personal");
  const [action, decide] = useState<Action>();
  const query = useRows(dataset, receipt, personal === "true");
  const me = api.useQuery("get", "/api/v1/me");
  const error: unknown = query.error;
  const first = query.data?.pages[0];
  if (error instanceof Problem && error.status === 404) {
    return <Gone dataset={dataset} receipt={receipt} />;
  }
  if (first === undefined) {
    return error instanceof Error ? <ErrorState error={error} retry={() => void query.refetch()} /> : <Loading />;
  }
  const { batch, columns, masked } = first;
  const hides = (masked || personal === "true") && me.data?.may.see_personal === true;
  return (
    <>
      <Head batch={batch} decide={decide} />
      <Stack gap={4}>
        {batch.why_not === null ? undefined : <WhyNot why={batch.why_not} />}
        <Card title="What They Failed">
          <Expectations failed={batch.failed} rows={batch.rows} />
        </Card>
        <Card
          actions={
            hides ? (
              <Personal
                on={personal === "true"}
                set={(on) => {
                  setPersonal(on ? "true" : "");
                }}
              />
            ) : undefined
          }
          title={`${count(batch.rows)} Rows`}
        >
          <Rows
            columns={columns}
            failed={Object.keys(batch.failed)}
            items={query.data?.pages.flatMap((page) => page.items) ?? []}
            more={query.hasNextPage ? { load: () => void query.fetchNextPage(), loading: query.isFetchingNextPage } : undefined}
          />
        </Card>
      </Stack>
      {action === undefined ? undefined : (
        <Decision
          action={action}
          batches={[{ dataset: batch.dataset, partition: batch.partition, receipt: batch.receipt_id, rows: batch.rows }]}
          onClose={(decided) => {
            decide(undefined);
            if (decided) {
              void query.refetch();
            }
          }}
        />
      )}
    </>
  );
};

export default Review;
