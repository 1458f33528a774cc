/** A framed part of a page with its title, as on Airflow's home page. */
import { Box, Flex, Heading, HStack, Icon, Separator } from "@chakra-ui/react";
import type { PropsWithChildren, ReactNode } from "react";
import type { IconType } from "react-icons";

type Props = PropsWithChildren<{
  readonly actions?: ReactNode;
  readonly icon?: IconType;
  readonly title?: ReactNode;
}>;

export const Card = ({ actions, children, icon, title }: Props) => (
  <Box borderColor="border" borderRadius={5} borderWidth={1} minWidth={0} p={4}>
    {title === undefined ? undefined : (
      <>
        <Flex alignItems="center" justifyContent="space-between">
          <HStack>
            {icon === undefined ? undefined : <Icon as={icon} />}
            <Heading size="md">{title}</Heading>
          </HStack>
          {actions}
        </Flex>
        <Separator my={3} />
      </>
    )}
    {children}
  </Box>
);
