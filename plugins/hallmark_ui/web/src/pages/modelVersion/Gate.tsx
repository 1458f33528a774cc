/** What the gate has said of a version. */
import { HStack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, GateBadge, Link, RelativeTime } from "@/components";

type Run = components["schemas"]["GateRun"];

export const Gate = ({ gate }: { readonly gate: Run | null }) => (
  <Card title="Gate">
    {gate === null ? (
      <Text fontSize="sm">No suite was checked.</Text>
    ) : (
      <>
        <HStack flexWrap="wrap" gap={3}>
          <GateBadge failed={gate.checks_failed} passed={gate.checks_passed} published={gate.published} success={gate.success} />
          <Text fontSize="sm">
            {gate.checks_passed} of {gate.checks_passed + gate.checks_failed} expectations met, <RelativeTime at={gate.at} />
          </Text>
          <Link to={at.gate(gate.receipt_id)}>All Results</Link>
        </HStack>
        {gate.message === "" ? undefined : (
          <Text fontSize="sm" mt={2} overflowWrap="anywhere">
            {gate.message}
          </Text>
        )}
      </>
    )}
  </Card>
);
