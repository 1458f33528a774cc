/** The figures of a version, beside the champion's where both were measured. */
import { HStack, Icon, Text } from "@chakra-ui/react";
import { FiArrowDown, FiArrowUp } from "react-icons/fi";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { DataTable, Link, Pill, type Column } from "@/components";
import { score, scores, shown } from "../model/scores";

type Version = components["schemas"]["ModelVersionView"];
type Pair = NonNullable<Version["against"]>["metrics"][number];

const Verdict = ({ pair }: { readonly pair: Pair }) => {
  if (pair.mine === null || pair.champion === null) {
    return undefined;
  }
  const difference = pair.mine - pair.champion;
  const change = `${difference > 0 ? "+" : ""}${shown(difference)}`;
  if (pair.better === null) {
    return <Text color="fg.muted">{difference === 0 ? "same" : change}</Text>;
  }
  return (
    <HStack gap={2} justifyContent="flex-end">
      <span>{change}</span>
      <Pill palette={pair.better ? "success" : "warning"} size="xs">
        <Icon as={difference > 0 ? FiArrowUp : FiArrowDown} />
        {pair.better ? "Better" : "Worse"}
      </Pill>
    </HStack>
  );
};

const columnsOf = (model: string, champion: string | null, then: boolean): readonly Column<Pair>[] => [
  { key: "name", header: "Metric", cell: (row) => row.name },
  { key: "mine", header: "This Version", cell: (row) => shown(row.mine), numeric: true },
  {
    key: "champion",
    header: champion === null ? (then ? "Champion of Then" : "Champion") : <>Champion, <Link to={at.modelVersion(model, champion)}>Version {champion}</Link></>,
    cell: (row) => shown(row.champion),
    numeric: true,
  },
  { key: "difference", header: "Difference", cell: (row) => <Verdict pair={row} />, numeric: true },
];

const OF_CHAMPION = "champion_";

/** The scores beside those that the champion of then had on the same rows; whether more is better is not told of them. */
function pairsOf(metrics: Version["metrics"]): readonly Pair[] {
  return scores(metrics).map((name) => ({ better: null, champion: score(metrics, `${OF_CHAMPION}${name}`), mine: score(metrics, name), name }));
}

/** What was counted beside the scores: rows, features, seconds. */
function Counts({ metrics }: { readonly metrics: Version["metrics"] }) {
  const names = new Set(scores(metrics));
  const counted = Object.entries(metrics).filter(([name]) => !names.has(name) && !name.startsWith(OF_CHAMPION));
  return counted.length === 0 ? undefined : (
    <Text color="fg.muted" fontSize="sm" mt={2}>
      {counted.map(([name, value]) => `${name} ${typeof value === "number" ? shown(value) : String(value)}`).join(" · ")}
    </Text>
  );
}

export const Metrics = ({ version }: { readonly version: Version }) => {
  const { against, metrics, model } = version;
  const pairs = against?.metrics ?? pairsOf(metrics);
  const then = against === null && pairs.some(({ champion }) => champion !== null);
  const all = columnsOf(model, against?.version ?? null, then);
  return (
    <>
      <DataTable
        columns={against !== null || then ? all : all.slice(0, 2)}
        empty={<Text fontSize="sm">Nothing was measured.</Text>}
        label="Metrics against the champion"
        rowKey={(row) => row.name}
        rows={pairs}
      />
      <Counts metrics={metrics} />
    </>
  );
};
