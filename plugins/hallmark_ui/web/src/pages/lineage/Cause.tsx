/** What broke a node: the nearest task upstream that failed, the checks that did not hold, and the way from there. */
import { Alert, Box, Heading, Stack, Text } from "@chakra-ui/react";
import { EmptyState, SeverityBadge, Time } from "@/components";
import { NodeButton } from "./NodeButton";
import { nameOf, type Assertion, type Cause as Answer } from "./answers";

const Check = ({ check }: { readonly check: Assertion }) => (
  <Box as="li" borderColor="border" borderTopWidth={1} py={2}>
    <Text fontSize="sm" fontWeight="bold" overflowWrap="anywhere">
      {check.column === null ? "" : `${check.column}: `}
      {check.assertion}
    </Text>
    {check.description === null ? undefined : <Text fontSize="sm">{check.description}</Text>}
    <Text color="fg.muted" fontSize="xs" lineClamp={4} overflowWrap="anywhere">
      {check.expected === null ? "" : `expected ${check.expected}, `}
      {check.actual === null ? "" : `found ${check.actual}`}
    </Text>
    {check.severity === null ? undefined : <SeverityBadge severity={check.severity} />}
  </Box>
);

type Props = { readonly cause: Answer | null; readonly onSelect: (id: string) => void };

export const Cause = ({ cause, onSelect }: Props) => (
  <Box aria-label="Root cause" as="section">
    <Heading size="sm">Root Cause</Heading>
    {cause === null ? (
      <EmptyState title="Nothing upstream has failed">The latest run of every task above went well.</EmptyState>
    ) : (
      <Stack gap={2} mt={2}>
        <Text fontSize="sm">
          <NodeButton id={cause.job.id} label={nameOf(cause.job)} onSelect={onSelect} /> failed <Time at={cause.at} />
        </Text>
        {cause.error === null ? undefined : (
          <Alert.Root size="sm" status="error">
            <Alert.Indicator />
            <Alert.Title fontFamily="mono" fontSize="xs" overflowWrap="anywhere">
              {cause.error}
            </Alert.Title>
          </Alert.Root>
        )}
        {cause.assertions.length === 0 ? undefined : (
          <Box>
            <Text fontSize="sm">
              {cause.assertions.length} {cause.assertions.length === 1 ? "check" : "checks"} did not hold:
            </Text>
            <Box as="ul" listStyleType="none" mt={1}>
              {cause.assertions.map((check, place) => (
                <Check check={check} key={place} />
              ))}
            </Box>
          </Box>
        )}
      </Stack>
    )}
  </Box>
);
