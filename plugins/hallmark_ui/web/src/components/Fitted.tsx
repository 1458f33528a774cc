/** A name that may be longer than its place: it is cut, and told whole where it is pointed at. */
import { Text } from "@chakra-ui/react";
import type { ReactNode } from "react";

/** Letters without a break that fit beside other things; what has breaks is set in lines. */
const LONGEST = 44;

const long = (text: string): boolean => text.split(/\s/).some((word) => word.length > LONGEST);

/** Cut `children` if it is a text that cannot be set in lines; anything else stays as it is. */
export const Fitted = ({ children }: { readonly children: ReactNode }): ReactNode =>
  typeof children === "string" && long(children) ? (
    <Text as="span" display="inline-block" maxWidth={`${LONGEST}ch`} title={children} truncate verticalAlign="bottom">
      {children}
    </Text>
  ) : (
    children
  );
