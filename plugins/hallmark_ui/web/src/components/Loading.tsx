/** What stands in a page's place while it is fetched. */
import { Box, Skeleton, Stack } from "@chakra-ui/react";

export const Loading = ({ rows = 5 }: { readonly rows?: number }) => (
  <Box aria-busy="true" aria-label="Loading" role="status">
    <Stack gap={3}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton height="20px" key={row} />
      ))}
    </Stack>
  </Box>
);
