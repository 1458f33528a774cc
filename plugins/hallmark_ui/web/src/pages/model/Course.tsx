/** How the scores of a model went from version to version. */
import { Box, HStack, Text } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { Card, figure } from "@/components";
import { Sparkline } from "@/components/charts";
import { allScores, score } from "./scores";

type Version = components["schemas"]["ModelVersionItem"];

const NUMBER = new Intl.Collator(undefined, { numeric: true });

type Props = { readonly model: string; readonly versions: readonly Version[] };

export const Course = ({ model, versions }: Props) => {
  const oldestFirst = [...versions].sort((one, other) => NUMBER.compare(one.version, other.version));
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return undefined;
  }
  return allScores(oldestFirst).map((name) => {
    const values = oldestFirst.map((version) => score(version.metrics, name));
    return (
      <Card key={name} title={name}>
        <Sparkline height={64} label={`${name} of ${model}, version ${first.version} to ${last.version}`} values={values} width={240} />
        <HStack justifyContent="space-between" mt={1}>
          {[first, last].map((version) => (
            <Box key={version.version} textAlign={version === last ? "end" : undefined}>
              <Text fontSize="sm">{figure(score(version.metrics, name)) || "not measured"}</Text>
              <Text color="fg.muted" fontSize="xs">
                Version {version.version}
              </Text>
            </Box>
          ))}
        </HStack>
      </Card>
    );
  });
};
