/** Who answers for a dataset or a model. */
import { HStack, Icon, Text } from "@chakra-ui/react";
import { FiUser } from "react-icons/fi";
import { Fitted } from "./Fitted";

type Props = { readonly name: string | null | undefined };

export const Owner = ({ name }: Props) =>
  name ? (
    <HStack as="span" display="inline-flex" gap={1} whiteSpace="nowrap">
      <Icon as={FiUser} boxSize="0.9em" color="fg.muted" />
      <Text as="span">
        <Fitted>{name}</Fitted>
      </Text>
    </HStack>
  ) : (
    <Text as="span" color="fg.muted">no owner</Text>
  );
