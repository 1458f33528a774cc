/** What waits for somebody's decision: rows in quarantine, and questions that Airflow asks. */
import { Badge, Box, Button, Flex, HStack } from "@chakra-ui/react";
import { FiX } from "react-icons/fi";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, total } from "@/api/listing";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { Choice, count } from "@/components";
import { Waiting } from "./Waiting";

type Kind = components["schemas"]["ReviewKind"];

const STANDINGS = ["open", "released", "refused", "superseded"];
const NAMES: Readonly<Record<string, string>> = { open: "Waiting", released: "Released", refused: "Refused", superseded: "Superseded" };

type KindsProps = { readonly kind: string; readonly kinds: readonly Kind[]; readonly onChoose: (kind: string) => void };

/** One button a kind that the API knows, with how many of it wait. */
const Kinds = ({ kind, kinds, onChoose }: KindsProps) => (
  <HStack aria-label="Kind" flexWrap="wrap" gap={2} role="group">
    {[{ count: undefined, kind: "", more: false, title: "All" }, ...kinds].map((each) => (
      <Button
        aria-pressed={each.kind === kind}
        colorPalette="brand"
        key={each.kind}
        onClick={() => {
          onChoose(each.kind);
        }}
        size="sm"
        variant={each.kind === kind ? "solid" : "outline"}
      >
        {each.title}
        {each.count === undefined ? undefined : (
          <Badge size="xs">
            {count(each.count)}
            {each.more ? "+" : ""}
          </Badge>
        )}
      </Button>
    ))}
  </HStack>
);

const Reviews = () => {
  const [kind, setKind] = useParam("kind");
  const [standing, setStanding] = useParam("standing");
  const [dataset, setDataset] = useParam("dataset");
  const query = api.useInfiniteQuery(
    "get",
    "/api/v1/reviews",
    {
      params: {
        query: {
          dataset: dataset === "" ? undefined : [dataset],
          kind: kind === "quarantine" || kind === "question" ? kind : undefined,
          standing: standing === "" ? undefined : [standing],
        },
      },
    },
    { ...LISTING, refetchInterval: useLive() },
  );
  return (
    <>
      <Flex flexWrap="wrap" gap={3} mb={3}>
        <Kinds kind={kind} kinds={query.data?.pages[0]?.kinds ?? []} onChoose={setKind} />
        <Box flex={1} />
        {dataset === "" ? undefined : (
          <Button
            aria-label={`All datasets, not only ${dataset}`}
            onClick={() => {
              setDataset("");
            }}
            size="sm"
            variant="surface"
          >
            Dataset: {dataset} <FiX />
          </Button>
        )}
        <Choice
          label="Standing"
          onChange={setStanding}
          options={STANDINGS.map((value) => ({ label: NAMES[value] ?? value, value }))}
          value={standing}
        />
      </Flex>
      <Waiting {...listed(query)} error={query.error} retry={() => void query.refetch()} total={total(query)} />
    </>
  );
};

export default Reviews;
