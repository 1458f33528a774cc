/** One column of a profile: its spread or its most frequent values, its figures, how far it has moved. */
import { Box, Flex, Grid, HStack, Stack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { count, figure, percent, Pill, Tip } from "@/components";
import { COLOURS, Histogram } from "@/components/charts";
import type { ColumnProfile } from "../gate/profile";
import { shown } from "../gate/words";

type ColumnDrift = components["schemas"]["ColumnDrift"];
type Field = components["schemas"]["VersionPage"]["schema"][number];

const MOVED: Readonly<Record<ColumnDrift["status"], readonly [string, string]>> = {
  added: ["queued", "Added"],
  moderate: ["warning", "Moderate"],
  removed: ["removed", "Removed"],
  stable: ["success", "Stable"],
  strong: ["failed", "Strong"],
  unknown: ["none", "Not compared"],
};

const Moved = ({ drift }: { readonly drift: ColumnDrift }) => {
  const [palette, label] = MOVED[drift.status];
  const psi = typeof drift.psi === "number" ? `PSI ${drift.psi.toFixed(3)}` : undefined;
  const shift = typeof drift.quantile_shift === "number" ? `, quantiles moved by ${percent(drift.quantile_shift)} of the spread` : "";
  return (
    <Pill about={psi === undefined ? undefined : psi + shift} palette={palette} size="xs">
      {label}
      {psi === undefined ? "" : ` · ${psi}`}
    </Pill>
  );
};

type Share = { readonly after: number | null; readonly before: number | null; readonly value: unknown };

/** The most frequent values; a stroke stands where the share was before. */
const Frequent = ({ shares }: { readonly shares: readonly Share[] }) => {
  const most = Math.max(Number.EPSILON, ...shares.flatMap((one) => [one.after ?? 0, one.before ?? 0]));
  return (
    <Stack gap={1}>
      {shares.slice(0, 5).map((one, place) => (
        <Tip key={place} text={one.before === null ? undefined : `before: ${percent(one.before)}`}>
          <Flex align="center" fontSize="xs" gap={2}>
            <Text flexShrink={0} truncate width="90px">{shown(one.value)}</Text>
            <Box bg="bg.muted" flex={1} height="10px" position="relative">
              <Box height="100%" style={{ backgroundColor: COLOURS.accent, opacity: 0.8, width: `${(100 * (one.after ?? 0)) / most}%` }} />
              {one.before === null ? undefined : (
                <Box
                  height="14px"
                  position="absolute"
                  style={{ backgroundColor: COLOURS.warned, left: `${(100 * one.before) / most}%` }}
                  top="-2px"
                  width="2px"
                />
              )}
            </Box>
            <Text color="fg.muted" flexShrink={0} textAlign="end" width="44px">{percent(one.after)}</Text>
          </Flex>
        </Tip>
      ))}
    </Stack>
  );
};

const sharesOf = (profile: ColumnProfile, rows: number): readonly Share[] =>
  (profile.top ?? []).map((one) => ({ after: rows > 0 ? one.count / rows : null, before: null, value: one.value }));

type Props = {
  readonly drift: ColumnDrift | undefined;
  readonly field: Field | undefined;
  readonly name: string;
  readonly profile: ColumnProfile | undefined;
  readonly rows: number;
};

const Spread = ({ drift, name, profile, rows }: Omit<Props, "field">) => {
  const both = drift?.histogram;
  const alone = profile?.histogram;
  const label = `How ${name} is spread`;
  if (both && both.edges.length > 1) {
    return <Histogram before={both.before} counts={both.after} edges={both.edges} label={label} width={256} />;
  }
  if (alone && alone.edges.length > 1) {
    return <Histogram counts={alone.counts} edges={alone.edges} label={label} width={256} />;
  }
  const shares = drift && drift.top.length > 0 ? drift.top : profile ? sharesOf(profile, rows) : [];
  return shares.length > 0 ? <Frequent shares={shares} /> : <Text color="fg.muted" fontSize="xs">Only counts are kept of it.</Text>;
};

const pair = (now: string, then: string | undefined): string => (then === undefined || then === now || then === "" ? now : `${then} → ${now}`);

/** A column's figures, with the earlier one where it is another. */
function figures({ drift, profile, rows }: Omit<Props, "field" | "name">): readonly (readonly [string, string])[] {
  const nulls = profile?.nulls;
  const share = typeof nulls === "number" && rows > 0 ? percent(nulls / rows) : "";
  const length = profile?.max_length ?? null;
  const told: readonly (readonly [string, string])[] = [
    ["Null", pair(share, percent(drift?.null_share?.before))],
    ["Distinct", pair(count(profile?.distinct), count(drift?.distinct?.before))],
    ["Mean", typeof profile?.mean === "number" ? pair(figure(profile.mean), figure(drift?.mean?.before)) : ""],
    ["Median", figure(profile?.quantiles?.["0.5"])],
    ["5 to 95 %", profile?.quantiles?.["0.05"] === undefined ? "" : `${figure(profile.quantiles["0.05"])} to ${figure(profile.quantiles["0.95"])}`],
    ["Length", length === null ? "" : `${profile?.min_length ?? 0} to ${length}`],
    ["True", typeof profile?.true === "number" && rows > 0 ? percent(profile.true / rows) : ""],
  ];
  return told.filter(([, value]) => value !== "");
}

export const ColumnCard = ({ drift, field, name, profile, rows }: Props) => (
  <Box borderColor="border" borderRadius={5} borderWidth={1} minWidth={0} p={3}>
    <HStack alignItems="flex-start" justifyContent="space-between" mb={2}>
      <Box minWidth={0}>
        <Text fontWeight="bold" overflowWrap="anywhere">{name}</Text>
        <Text color="fg.muted" fontSize="xs">{field?.type ?? drift?.type}</Text>
      </Box>
      <HStack flexShrink={0}>
        {field?.personal === true ? <Pill palette="purple" size="xs">personal</Pill> : undefined}
        {drift === undefined ? undefined : <Moved drift={drift} />}
      </HStack>
    </HStack>
    <Spread drift={drift} name={name} profile={profile} rows={rows} />
    <Grid columnGap={3} fontSize="xs" mt={2} rowGap={0.5} templateColumns="max-content 1fr">
      {figures({ drift, profile, rows }).map(([label, value]) => (
        <HStack display="contents" key={label}>
          <Text color="fg.muted">{label}</Text>
          <Text fontVariantNumeric="tabular-nums" overflowWrap="anywhere">{value}</Text>
        </HStack>
      ))}
    </Grid>
  </Box>
);
