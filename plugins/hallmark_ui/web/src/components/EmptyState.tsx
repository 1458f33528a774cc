/** Says that there is nothing, and how there will be something. */
import { Box, Text } from "@chakra-ui/react";
import type { PropsWithChildren } from "react";

export const EmptyState = ({ children, title }: PropsWithChildren<{ readonly title: string }>) => (
  <Box py={8} textAlign="center">
    <Text fontWeight="bold">{title}</Text>
    {children === undefined ? undefined : (
      <Box color="fg.muted" fontSize="sm" mt={1}>
        {children}
      </Box>
    )}
  </Box>
);
