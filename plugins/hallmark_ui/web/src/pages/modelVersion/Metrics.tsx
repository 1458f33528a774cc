/** The figures of a version, beside the champion's where both were measured. */
import { HStack, Icon, Text } from "@chakra-ui/react";
import { FiArrowDown, FiArrowUp } from "react-icons/fi";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { DataTable, Link, Pill, type Column } from "@/components";
import { Facts } from "@/components/Facts";
import { shown } from "../model/scores";

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

const columnsOf = (model: string, champion: string | null): readonly Column<Pair>[] => [
  { key: "name", header: "Metric", cell: (row) => row.name },
  { key: "mine", header: "This Version", cell: (row) => shown(row.mine), numeric: true },
  {
    key: "champion",
    header: champion === null ? "Champion" : <>Champion, <Link to={at.modelVersion(model, champion)}>Version {champion}</Link></>,
    cell: (row) => shown(row.champion),
    numeric: true,
  },
  { key: "difference", header: "Difference", cell: (row) => <Verdict pair={row} />, numeric: true },
];

export const Metrics = ({ version }: { readonly version: Version }) => {
  if (version.against !== null) {
    return (
      <DataTable
        columns={columnsOf(version.model, version.against.version)}
        empty="Nothing was measured"
        label="Metrics against the champion"
        rowKey={(row) => row.name}
        rows={version.against.metrics}
      />
    );
  }
  const measured = Object.entries(version.metrics);
  return measured.length === 0 ? (
    <Text fontSize="sm">Nothing was measured.</Text>
  ) : (
    <Facts facts={measured.map(([name, value]) => [name.replace(/^champion_(.*)$/, "$1 of the champion before"), typeof value === "number" ? shown(value) : String(value)])} />
  );
};
