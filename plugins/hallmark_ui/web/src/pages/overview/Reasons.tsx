/** Why a gate failed, in a line for each expectation that stopped it. */
import { List, Text } from "@chakra-ui/react";
import { api } from "@/api/client";
import { asked, examples, seen } from "../gate/words";

const FEW = 3;

export const Reasons = ({ receipt }: { readonly receipt: string }) => {
  const query = api.useQuery("get", "/api/v1/gates/{receipt}", { params: { path: { receipt } } });
  const gate = query.data;
  if (gate === undefined) {
    return undefined;
  }
  const broken = gate.results.filter((one) => !one.success);
  return (
    <List.Root fontSize="sm" mt={1} ps={5}>
      {broken.slice(0, FEW).map((one) => (
        <List.Item key={one.position}>
          Expected: {asked(one.expectation, one.kwargs)}. <Text as="span" fontWeight="bold">{seen(one)}</Text>
          {examples(one.samples)}
          {one.severity === "critical" ? "." : ` (${one.severity}, only noted).`}
        </List.Item>
      ))}
      {broken.length > FEW ? <List.Item>and {broken.length - FEW} more</List.Item> : undefined}
    </List.Root>
  );
};
