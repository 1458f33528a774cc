/** Where the code of a stage lies and in which state it ran. */
import { Badge, Code, HStack, Link } from "@chakra-ui/react";
import { CopyButton } from "./CopyButton";
import { Facts } from "./Facts";

type Props = { readonly code: Readonly<Record<string, unknown>> | null | undefined; readonly url: string | null };

const SHORT = 10;

/** A value of JSON as text; empty where it is none. */
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const CodeVersion = ({ code, url }: Props) => {
  const [commit, sha256] = [text(code?.["commit"]), text(code?.["sha256"])];
  const place = text(code?.["path"]) || text(code?.["file"]);
  if (place === "") {
    return "It is not known.";
  }
  return (
    <Facts
      facts={[
        [
          "File",
          url === null ? (
            place
          ) : (
            <Link color="fg.info" href={url} rel="noopener noreferrer" target="_blank">
              {place}
            </Link>
          ),
        ],
        [
          "Commit",
          commit === "" ? undefined : (
            <HStack gap={1}>
              <Code>{commit.slice(0, SHORT)}</Code>
              {code?.["dirty"] === true ? <Badge colorPalette="amber">changed since</Badge> : undefined}
              <CopyButton label="Copy the commit" value={commit} />
            </HStack>
          ),
        ],
        ["Repository", text(code?.["repository"])],
        [
          "SHA-256",
          sha256 === "" ? undefined : (
            <HStack gap={1}>
              <Code title={sha256}>{sha256.slice(0, SHORT)}</Code>
              <CopyButton label="Copy the checksum" value={sha256} />
            </HStack>
          ),
        ],
      ]}
    />
  );
};
