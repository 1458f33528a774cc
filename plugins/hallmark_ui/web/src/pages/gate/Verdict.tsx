/** What a gate run came to, in sentences: what was wrong, what was kept out, what readers see. */
import { Alert, Box, List, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, Link } from "@/components";
import { asked, examples, seen } from "./words";

type Gate = Pick<
  components["schemas"]["GateView"],
  "checks_failed" | "checks_passed" | "message" | "output_name" | "published" | "quarantined" | "receipt_id" | "results" | "state" | "success"
>;
type Dataset = components["schemas"]["DatasetView"];

const plural = (number: number, one: string, many: string): string => `${count(number)} ${number === 1 ? one : many}`;

/** How a run ended, by its state; a state that has no sentence is none of a gate's. */
const ENDS: Readonly<Record<string, string>> = {
  audited: "The checks were run; this stage publishes nothing.",
  failed: "The stage failed: nothing was published.",
  published: "The output was published.",
  refused: "The gate refused the output: nothing of it was published.",
  skipped: "The stage had nothing to publish.",
};

export function headline(gate: Gate): string {
  const all = gate.checks_passed + gate.checks_failed;
  if (gate.success) {
    return `All ${count(all)} expectations were met. ${ENDS[gate.state] ?? ""}`;
  }
  const critical = gate.results.filter((one) => !one.success && one.severity === "critical").length;
  const weight = critical > 0 ? `${count(critical)} of them critical` : "none of them critical";
  return `${count(gate.checks_failed)} of ${plural(all, "expectation was", "expectations were")} not met, ${weight}. ${ENDS[gate.state] ?? ""}`;
}

const status = (gate: Gate) => (gate.success ? "success" : gate.published ? "warning" : "error");

// The colour of a link is hard to read on that of an alert.
const LINKS = { "& a": { color: "inherit", textDecoration: "underline" } };

const KeptOut = ({ gate }: { readonly gate: Gate }) =>
  gate.quarantined > 0 && gate.output_name !== null ? (
    <Text>
      {plural(gate.quarantined, "row was", "rows were")} kept out and {gate.quarantined === 1 ? "is" : "are"}{" "}
      <Link to={at.batch(gate.output_name, gate.receipt_id)}>in quarantine</Link> for a review.
    </Text>
  ) : undefined;

const Readers = ({ dataset, gate }: { readonly dataset: Dataset | undefined; readonly gate: Gate }) =>
  gate.state === "refused" && dataset?.latest_version ? (
    <Text>
      Readers of <Link to={at.dataset(dataset.name)}>{dataset.name}</Link> still see version {dataset.latest_version}
      {dataset.partition === null ? "" : `, up to ${dataset.partition}`}: the last that was published.
    </Text>
  ) : undefined;

/** The stage's own words, without what the page says already. */
const advice = (message: string): string => {
  const last = message.split("; ").at(-1) ?? "";
  return last === "" ? "" : `${last.charAt(0).toUpperCase()}${last.slice(1)}.`;
};

type Props = { readonly dataset: Dataset | undefined; readonly gate: Gate };

export const Verdict = ({ dataset, gate }: Props) => {
  const broken = gate.results.filter((one) => !one.success);
  return (
    <Alert.Root mb={4} status={status(gate)}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{headline(gate)}</Alert.Title>
        <Alert.Description asChild>
          <Box css={LINKS} overflowWrap="anywhere">
            <List.Root ps={5}>
              {broken.map((one) => (
                <List.Item key={one.position}>
                  Expected: {asked(one.expectation, one.kwargs)}. <Text as="span" fontWeight="bold">{seen(one)}</Text>
                  {examples(one.samples)}
                  {one.severity === "critical" ? "." : ` (${one.severity}, only noted).`}
                </List.Item>
              ))}
            </List.Root>
            <KeptOut gate={gate} />
            <Readers dataset={dataset} gate={gate} />
            {gate.state === "refused" && gate.message !== "" ? <Text>{advice(gate.message)}</Text> : undefined}
          </Box>
        </Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
};
