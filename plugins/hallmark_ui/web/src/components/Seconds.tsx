/** How long each step of a stage took, as bars on one scale. */
import { Box, Grid } from "@chakra-ui/react";
import { Fragment } from "react";
import { duration } from "./time";

type Props = { readonly seconds: Readonly<Record<string, number>> };

export const Seconds = ({ seconds }: Props) => {
  const steps = Object.entries(seconds);
  const whole = steps.reduce((sum, [, each]) => sum + each, 0);
  if (steps.length === 0) {
    return "They were not measured.";
  }
  return (
    <Grid alignItems="center" as="dl" columnGap={4} fontSize="sm" rowGap={1} templateColumns="max-content max-content minmax(0, 1fr)">
      {steps.map(([step, each]) => (
        <Fragment key={step}>
          <Box as="dt" color="fg.muted">
            {step}
          </Box>
          <Box as="dd" fontVariantNumeric="tabular-nums" textAlign="end">
            {duration(each)}
          </Box>
          <Box aria-hidden="true" bg="bg.muted" borderRadius="2px" height="8px">
            <Box bg="brand.solid" borderRadius="2px" height="100%" minWidth="1px" style={{ width: `${(100 * each) / (whole || 1)}%` }} />
          </Box>
        </Fragment>
      ))}
    </Grid>
  );
};
