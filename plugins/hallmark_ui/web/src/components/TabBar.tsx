/** Tabs as Airflow's pages of a DAG have them; each is an address. */
import { Box, Center, Flex } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { NavLink } from "react-router-dom";

export type Tab = {
  readonly label: ReactNode;
  readonly to: string;
  /** Whether only this very address is the tab's, and not those below it. */
  readonly end?: boolean;
};

type Props = { readonly label: string; readonly tabs: readonly Tab[] };

export const TabBar = ({ label, tabs }: Props) => (
  <Flex
    alignItems="center"
    aria-label={label}
    as="nav"
    borderBottomColor="border.emphasized"
    borderBottomWidth={1}
    overflowX="auto"
    overflowY="hidden"
  >
    {tabs.map((tab) => (
      <NavLink end={tab.end ?? false} key={tab.to} to={tab.to}>
        {({ isActive }) => (
          <Center
            _hover={{ color: "fg" }}
            borderBottomColor="border.info"
            borderBottomWidth={isActive ? 3 : 0}
            color={isActive ? "fg" : "fg.muted"}
            fontWeight="bold"
            height="40px"
            pb={isActive ? 0 : "3px"}
            px={4}
            transition="all 0.2s ease"
            whiteSpace="nowrap"
          >
            <Box as="span">{tab.label}</Box>
          </Center>
        )}
      </NavLink>
    ))}
  </Flex>
);
