/** Columns of stacked figures, one column a day or a run. */
import { Box, HStack, Text } from "@chakra-ui/react";
import { Tip } from "../Tip";
import { count } from "../time";

export type Bar = {
  readonly key: string;
  readonly label: string;
  /** By series, in their order. */
  readonly values: readonly number[];
};

type Props = {
  readonly bars: readonly Bar[];
  readonly height?: number;
  readonly label: string;
  readonly series: readonly { readonly colour: string; readonly label: string }[];
};

export const Bars = ({ bars, height = 120, label, series }: Props) => {
  const most = Math.max(1, ...bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0)));
  const told = (bar: Bar) => series.map((one, place) => `${one.label}: ${count(bar.values[place] ?? 0)}`).join(", ");
  return (
    <Box aria-label={label} role="figure">
      <HStack alignItems="flex-end" borderBottomColor="border.emphasized" borderBottomWidth={1} gap={1} height={`${height}px`}>
        {bars.map((bar) => (
          <Tip key={bar.key} text={`${bar.label}: ${told(bar)}`}>
            <Box
              _focusVisible={{ outline: "2px solid", outlineColor: "border.info" }}
              aria-label={`${bar.label}: ${told(bar)}`}
              display="flex"
              flex={1}
              flexDirection="column-reverse"
              height="100%"
              minWidth="4px"
              role="img"
              tabIndex={0}
            >
              {bar.values.map((value, place) => (
                <Box
                  key={series[place]?.label ?? place}
                  style={{ backgroundColor: series[place]?.colour, height: `${(100 * value) / most}%` }}
                />
              ))}
            </Box>
          </Tip>
        ))}
      </HStack>
      <HStack color="fg.muted" fontSize="xs" justifyContent="space-between" mt={1}>
        <Text>{bars[0]?.label}</Text>
        <HStack gap={4}>
          {series.map((one) => (
            <HStack gap={1} key={one.label}>
              <Box borderRadius="2px" boxSize="10px" style={{ backgroundColor: one.colour }} />
              {one.label}
            </HStack>
          ))}
        </HStack>
        <Text>{bars.at(-1)?.label}</Text>
      </HStack>
    </Box>
  );
};
