/** Labels with their values, one below the other; what has no value is left out. */
import { Box, Grid } from "@chakra-ui/react";
import { Fragment, type ReactNode } from "react";

export type Fact = readonly [label: string, value: ReactNode];

const told = (value: ReactNode): boolean => value !== undefined && value !== null && value !== "" && value !== false;

export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <Grid as="dl" columnGap={6} fontSize="sm" rowGap={1} templateColumns="max-content minmax(0, 1fr)">
    {facts
      .filter(([, value]) => told(value))
      .map(([label, value]) => (
        <Fragment key={label}>
          <Box as="dt" color="fg.muted" maxWidth="32ch" overflowWrap="anywhere">
            {label}
          </Box>
          <Box as="dd" minWidth={0} overflowWrap="anywhere">
            {value}
          </Box>
        </Fragment>
      ))}
  </Grid>
);
