/** The head of a page of one thing: what it is, its name, what is known at a glance, what can be done. */
import { Box, Flex, Heading, HStack, Icon } from "@chakra-ui/react";
import { useEffect, type ReactNode } from "react";
import type { IconType } from "react-icons";
import { Stat } from "./Stat";

type Props = {
  readonly actions?: ReactNode;
  /** Beside the name: a badge, an owner. */
  readonly badges?: ReactNode;
  readonly children?: ReactNode;
  readonly icon?: IconType;
  /** Figures below the name, as the head of Airflow's page of a DAG has them; what is empty is left out. */
  readonly stats?: readonly (readonly [ReactNode, ReactNode])[];
  readonly title: string;
};

export const PageHeader = ({ actions, badges, children, icon, stats = [], title }: Props) => {
  useEffect(() => {
    const before = document.title;
    document.title = `${title} - Airflow`;
    return () => {
      document.title = before;
    };
  }, [title]);
  return (
    <Box mb={4}>
      <Flex alignItems="center" flexWrap="wrap" gap={3} justifyContent="space-between">
        <HStack flexWrap="wrap" gap={2} minWidth={0}>
          {icon === undefined ? undefined : <Icon as={icon} boxSize={5} />}
          <Heading as="h1" overflowWrap="anywhere" size="xl">{title}</Heading>
          {badges}
        </HStack>
        <HStack>{actions}</HStack>
      </Flex>
      {children === undefined ? undefined : <Box color="fg.muted" fontSize="sm" mt={1}>{children}</Box>}
      {stats.length > 0 ? (
        <HStack alignItems="flex-start" columnGap={10} flexWrap="wrap" mt={4} rowGap={3}>
          {stats.map(([label, value], place) => (
            <Stat key={place} label={label}>
              {value}
            </Stat>
          ))}
        </HStack>
      ) : undefined}
    </Box>
  );
};
