/** Why it was refused, failed or skipped, and what to do. */
import { Alert, List } from "@chakra-ui/react";
import { partsOf } from "./message";

const STATUS: Readonly<Record<string, "error">> = { failed: "error", refused: "error" };
const TITLES: Readonly<Record<string, string>> = {
  failed: "The stage failed",
  refused: "The gate let nothing through",
  skipped: "The stage was skipped",
};

type Props = { readonly message: string; readonly state: string };

export const Message = ({ message, state }: Props) => {
  const parts = partsOf(message);
  if (parts.length === 0) {
    return undefined;
  }
  return (
    <Alert.Root status={STATUS[state] ?? "info"}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{TITLES[state] ?? "Message"}</Alert.Title>
        <Alert.Description overflowWrap="anywhere">
          {parts.length === 1 ? (
            parts[0]
          ) : (
            <List.Root ps={4}>
              {parts.map((part) => (
                <List.Item key={part}>{part}</List.Item>
              ))}
            </List.Root>
          )}
        </Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
};
