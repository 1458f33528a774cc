/** The button below a list of which there is more. */
import { Box, Button } from "@chakra-ui/react";

export type More = { readonly load: () => void; readonly loading: boolean };

export const ShowMore = ({ more }: { readonly more: More | undefined }) =>
  more === undefined ? undefined : (
    <Box mt={3} textAlign="center">
      <Button loading={more.loading} onClick={more.load} size="sm" variant="outline">
        Show more
      </Button>
    </Box>
  );
