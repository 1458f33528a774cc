/** How many gates held on each day. */
import { Text } from "@chakra-ui/react";
import { FiActivity } from "react-icons/fi";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, Choice, count, Link } from "@/components";
import { Bars, COLOURS } from "@/components/charts";

type Day = components["schemas"]["Day"];

const SERIES = [
  { label: "all met", colour: COLOURS.passed },
  { label: "not all met, published", colour: COLOURS.warned },
  { label: "refused", colour: COLOURS.failed },
];
const LENGTHS = [7, 30, 90].map((days) => ({ label: `${days} days`, value: String(days) }));

const bar = (day: Day) => ({
  key: day.day,
  label: day.day,
  values: [day.passed, Math.max(0, day.failed - day.refused), day.refused],
});

type Props = { readonly days: string; readonly onDays: (days: string) => void; readonly trend: readonly Day[] };

export const Trend = ({ days, onDays, trend }: Props) => {
  const [met, not] = [trend.reduce((sum, day) => sum + day.passed, 0), trend.reduce((sum, day) => sum + day.failed, 0)];
  return (
    <Card actions={<Choice all="14 days" label="Days" onChange={onDays} options={LENGTHS} value={days} />} icon={FiActivity} title="Gates per Day">
      <Bars bars={trend.map(bar)} label="Gate runs of each day" series={SERIES} />
      <Text color="fg.muted" fontSize="sm" mt={2}>
        {met + not === 0 ? "No gate has run in this time." : `${count(met)} of ${count(met + not)} gate runs met all expectations. `}
        <Link to={at.quality()}>All gate runs</Link>
      </Text>
    </Card>
  );
};
