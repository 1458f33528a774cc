/** A figure with its label, as the heads of Airflow's pages show them. */
import { Box, Heading, Stack } from "@chakra-ui/react";
import type { PropsWithChildren, ReactNode } from "react";

export const Stat = ({ children, label }: PropsWithChildren<{ readonly label: ReactNode }>) => (
  <Stack gap={1}>
    <Heading as="p" color="fg.muted" fontSize="xs" lineHeight="1.25rem">{label}</Heading>
    <Box fontSize="sm">{children}</Box>
  </Stack>
);
