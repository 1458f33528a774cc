/** Puts a text into the clipboard. */
import { Clipboard, IconButton } from "@chakra-ui/react";
import { FiCheck, FiClipboard } from "react-icons/fi";

type Props = { readonly label?: string; readonly value: string };

export const CopyButton = ({ label = "Copy", value }: Props) => (
  <Clipboard.Root value={value}>
    <Clipboard.Trigger asChild>
      <IconButton aria-label={label} size="xs" title={label} variant="ghost">
        <Clipboard.Indicator copied={<FiCheck />}>
          <FiClipboard />
        </Clipboard.Indicator>
      </IconButton>
    </Clipboard.Trigger>
  </Clipboard.Root>
);
