/** The name of a node that goes to it in the graph. */
import { Button } from "@chakra-ui/react";

type Props = { readonly id: string; readonly label: string; readonly onSelect: (id: string) => void };

export const NodeButton = ({ id, label, onSelect }: Props) => (
  <Button
    color="fg.info"
    fontWeight="bold"
    height="auto"
    justifyContent="flex-start"
    minWidth={0}
    onClick={() => {
      onSelect(id);
    }}
    overflow="hidden"
    px={0}
    size="sm"
    textOverflow="ellipsis"
    title={label}
    variant="plain"
  >
    {label}
  </Button>
);
