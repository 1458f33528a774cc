/** A word that appears over what the pointer or the keyboard is at. */
import { Portal, Tooltip } from "@chakra-ui/react";
import type { ReactElement, ReactNode } from "react";

type Props = { readonly children: ReactElement; readonly text: ReactNode };

export const Tip = ({ children, text }: Props) =>
  text === undefined || text === null || text === "" ? (
    children
  ) : (
    <Tooltip.Root closeDelay={100} openDelay={300} positioning={{ placement: "top" }}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Portal>
        <Tooltip.Positioner>
          <Tooltip.Content maxW="xs">
            <Tooltip.Arrow>
              <Tooltip.ArrowTip />
            </Tooltip.Arrow>
            {text}
          </Tooltip.Content>
        </Tooltip.Positioner>
      </Portal>
    </Tooltip.Root>
  );
