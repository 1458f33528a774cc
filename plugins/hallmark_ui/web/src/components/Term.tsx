/** A word with its explanation. */
import { chakra } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { glossary, type TermName } from "./glossary";
import { Tip } from "./Tip";

type Props = { readonly children: ReactNode; readonly name: TermName };

export const Term = ({ children, name }: Props) => (
  <Tip text={glossary[name]}>
    <chakra.span
      cursor="help"
      tabIndex={0}
      textDecorationColor="border.emphasized"
      textDecorationLine="underline"
      textDecorationStyle="dotted"
      textUnderlineOffset="3px"
    >
      {children}
    </chakra.span>
  </Tip>
);
