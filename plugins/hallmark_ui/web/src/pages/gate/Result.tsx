/** One expectation of a gate run: a line that says what was asked and seen, and below it the reasons. */
import { Box, chakra, Code, HStack, Icon, Link as ChakraLink, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { FiAlertTriangle, FiCheck, FiChevronDown, FiChevronRight, FiX } from "react-icons/fi";
import type { components } from "@/api/schema";
import { useTimezone } from "@/app/host";
import { at } from "@/app/paths";
import { absolute, Pill, SeverityBadge } from "@/components";
import { HeatStrip } from "@/components/charts";
import { edgesOf, type ColumnProfile } from "./profile";
import { Samples } from "./Samples";
import { Spread } from "./Spread";
import { asked, seen } from "./words";

type Outcome = components["schemas"]["Outcome"];

/** Of which version the bars are, and its figures of the column. */
export type Shape = { readonly column: ColumnProfile; readonly from: string };

type Props = {
  readonly result: Outcome;
  readonly shape: Shape | undefined;
  /** The path of the suite, where it is known. */
  readonly suite: string | undefined;
};

const CHANGES = {
  broken: { palette: "failed", label: "Broken", about: "It was met at the gate run before." },
  fixed: { palette: "success", label: "Fixed", about: "It was not met at the gate run before." },
  new: { palette: "queued", label: "New", about: "The gate run before did not ask for it." },
} as const;

const Change = ({ change }: { readonly change: Outcome["change"] }) => {
  if (!change || change === "same") {
    return undefined;
  }
  const { about, label, palette } = CHANGES[change];
  return <Pill about={about} palette={palette} size="xs">{label}</Pill>;
};

const Sign = ({ result }: { readonly result: Outcome }) => {
  const look = result.success
    ? { as: FiCheck, color: "success.fg", label: "Met" }
    : result.severity === "critical"
      ? { as: FiX, color: "failed.fg", label: "Not met" }
      : { as: FiAlertTriangle, color: "warning.fg", label: "Not met, only noted" };
  return <Icon aria-label={look.label} as={look.as} boxSize={4} color={look.color} flexShrink={0} mt="2px" role="img" />;
};

const History = ({ result }: { readonly result: Outcome }) => {
  const zone = useTimezone();
  return (
    <HeatStrip
      cells={result.history.map((moment) => ({
        key: moment.receipt_id,
        label: `${absolute(moment.at, zone)}: ${moment.success ? "met" : "not met"}`,
        outcome: moment.success ? "passed" : result.severity === "critical" ? "failed" : "warned",
        to: at.gate(moment.receipt_id),
      }))}
      label="Runs before and this one"
    />
  );
};

/** Expectations whose bounds are values of the column itself. */
const ON_AXIS = /^expect_column_(values|mean|median|min|max)_to_be_between$/;
const finite = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** Whether bounds can be drawn on the column's spread. */
export const hasBounds = ({ expectation, kwargs }: Outcome): boolean =>
  ON_AXIS.test(expectation) && (finite(kwargs["min_value"]) !== null || finite(kwargs["max_value"]) !== null);

const Bounds = ({ result, shape }: { readonly result: Outcome; readonly shape: Shape | undefined }) => {
  const edges = edgesOf(shape?.column);
  if (!shape || edges === null || !hasBounds(result)) {
    return undefined;
  }
  return (
    <Spread
      counts={shape.column.histogram?.counts ?? []}
      edges={edges}
      from={shape.from}
      high={finite(result.kwargs["max_value"])}
      label={`How ${result.column ?? "the column"} is spread, and its bounds`}
      low={finite(result.kwargs["min_value"])}
      observed={finite(result.observed)}
      values={(result.samples?.values ?? []).map(finite).filter((value) => value !== null)}
    />
  );
};

const Before = ({ result }: { readonly result: Outcome }) =>
  result.before ? (
    <Text fontSize="sm">
      <Text as="span" color="fg.muted">At the run before: </Text>
      {result.before.success ? "met" : "not met"}. {seen({ ...result.before, exception: null })}.
    </Text>
  ) : undefined;

/** Where the expectation is written: at the commit that ran, where that can be opened. */
const Written = ({ result, suite }: Pick<Props, "result" | "suite">) => {
  const place = suite === undefined ? undefined : `${suite}${result.line ? `, line ${result.line}` : ""}`;
  if (place === undefined || (!result.line && !result.url)) {
    return undefined;
  }
  return (
    <Text color="fg.muted" fontSize="sm" overflowWrap="anywhere">
      Written in{" "}
      {result.url ? (
        <ChakraLink color="fg.info" href={result.url} rel="noopener noreferrer" target="_blank">{place}</ChakraLink>
      ) : (
        place
      )}
    </Text>
  );
};

const Details = ({ result, shape, suite }: Props) => {
  const notes = result.meta?.["notes"];
  return (
    <Stack gap={3} pb={4} pl={12} pr={3}>
      {typeof notes === "string" ? <Text color="fg.muted" fontSize="sm">{notes}</Text> : undefined}
      <Before result={result} />
      <Bounds result={result} shape={shape} />
      <Samples result={result} />
      <Code alignSelf="flex-start" overflowWrap="anywhere" size="sm" whiteSpace="normal">
        {result.expectation} {JSON.stringify(result.kwargs)}
      </Code>
      <Written result={result} suite={suite} />
    </Stack>
  );
};

const Line = chakra("button", {
  base: { alignItems: "flex-start", display: "flex", flex: 1, gap: 2, minWidth: 0, textAlign: "start" },
});

export const Result = ({ result, shape, suite }: Props) => {
  const [open, setOpen] = useState(!result.success);
  return (
    <Box as="li" borderBottomColor="border" borderBottomWidth={1} listStyleType="none">
      <HStack alignItems="flex-start" gap={3} justifyContent="space-between" p={2} wrap={{ base: "wrap", lg: "nowrap" }}>
        <Line
          aria-expanded={open}
          cursor="pointer"
          onClick={() => {
            setOpen(!open);
          }}
          type="button"
        >
          <Icon as={open ? FiChevronDown : FiChevronRight} boxSize={4} color="fg.muted" flexShrink={0} mt="2px" />
          <Sign result={result} />
          <Box minWidth={0}>
            <Text fontSize="sm" fontWeight={result.success ? undefined : "bold"} overflowWrap="anywhere">
              {asked(result.expectation, result.kwargs)}
            </Text>
            <Text color={result.success ? "fg.muted" : undefined} fontSize="sm" overflowWrap="anywhere">{seen(result)}</Text>
          </Box>
        </Line>
        <HStack flexShrink={0} gap={3}>
          <Change change={result.change} />
          <SeverityBadge severity={result.severity} />
          <History result={result} />
        </HStack>
      </HStack>
      {open ? <Details result={result} shape={shape} suite={suite} /> : undefined}
    </Box>
  );
};
