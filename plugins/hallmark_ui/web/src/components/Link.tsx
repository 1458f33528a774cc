/** A link within Airflow, in its colour. */
import { Link as ChakraLink } from "@chakra-ui/react";
import type { PropsWithChildren } from "react";
import { Link as RouterLink } from "react-router-dom";
import { Fitted } from "./Fitted";

type Props = PropsWithChildren<{
  readonly to: string;
  /** For the name of a row's thing. */
  readonly bold?: boolean;
}>;

export const Link = ({ bold = false, children, to }: Props) => (
  <ChakraLink asChild color="fg.info" fontWeight={bold ? "bold" : undefined}>
    <RouterLink to={to}>
      <Fitted>{children}</Fitted>
    </RouterLink>
  </ChakraLink>
);
