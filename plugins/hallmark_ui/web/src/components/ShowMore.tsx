/** The button below a list of which there is more. */
import { Box, Button } from "@chakra-ui/react";
import { count } from "./time";

export type More = {
  /** How many there are beside those that are shown, where it is known. */
  readonly left?: number;
  readonly load: () => void;
  readonly loading: boolean;
};

type Props = { readonly more: More | undefined; /** What is shown more of, where that is not plain. */ readonly of?: string };

export const ShowMore = ({ more, of }: Props) =>
  more === undefined ? undefined : (
    <Box mt={3} textAlign="center">
      <Button loading={more.loading} onClick={more.load} size="sm" variant="outline">
        Show more{of === undefined ? "" : ` ${of}`}{more.left === undefined ? "" : ` (${count(more.left)} left)`}
      </Button>
    </Box>
  );
