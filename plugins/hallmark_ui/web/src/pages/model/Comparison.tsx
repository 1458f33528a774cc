/** Versions of a model side by side: figures, what they were trained on, and of all else what differs. */
import { Badge, Button, HStack, Table, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { FiAward } from "react-icons/fi";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, Link, Loaded, Pill, RelativeTime } from "@/components";
import { flat } from "@/components/Settings";
import { shown } from "./scores";

type Compared = components["schemas"]["Comparison"];
type Line = Compared["metrics"][number];

const nothing = (
  <Text as="span" color="fg.muted">
    none
  </Text>
);

/** A value of a line: figures in four digits, what is nested in JSON. */
function told(value: unknown): ReactNode {
  if (value === null || value === undefined) {
    return nothing;
  }
  if (typeof value === "object") {
    const pairs = Array.isArray(value) ? [] : flat(value as Record<string, unknown>);
    return pairs.length > 0 ? pairs.map(([name, each]) => `${name} ${each}`).join(", ") : JSON.stringify(value);
  }
  return typeof value === "number" ? shown(value) : String(value);
}

const Part = ({ lines, title, width }: { readonly lines: readonly Line[]; readonly title: string; readonly width: number }) =>
  lines.length === 0 ? undefined : (
    <>
      <Table.Row bg="bg.muted">
        <Table.Cell colSpan={width + 1} fontSize="xs" fontWeight="bold">
          {title}
        </Table.Cell>
      </Table.Row>
      {lines.map((line) => (
        <Table.Row key={line.name}>
          <Table.ColumnHeader fontWeight="normal" scope="row">
            {line.name}
          </Table.ColumnHeader>
          {line.values.map((value, place) => (
            <Table.Cell fontVariantNumeric="tabular-nums" key={place} overflowWrap="anywhere">
              <HStack gap={2}>
                <span>{told(value)}</span>
                {line.best === place ? (
                  <Pill icon={FiAward} palette="success" size="xs">
                    Best
                  </Pill>
                ) : undefined}
              </HStack>
            </Table.Cell>
          ))}
        </Table.Row>
      ))}
    </>
  );

const Beside = ({ compared }: { readonly compared: Compared }) => {
  const width = compared.versions.length;
  return (
    <Table.ScrollArea tabIndex={0}>
      <Table.Root aria-label={`Versions of ${compared.model} side by side`} size="sm">
        <Table.Header>
          <Table.Row>
            <Table.ColumnHeader />
            {compared.versions.map((version) => (
              <Table.ColumnHeader key={version.version}>
                <HStack gap={2}>
                  <Link bold to={at.modelVersion(compared.model, version.version)}>
                    Version {version.version}
                  </Link>
                  {version.aliases.map((alias) => (
                    <Badge colorPalette="brand" key={alias}>
                      {alias}
                    </Badge>
                  ))}
                </HStack>
                <Text color="fg.muted" fontSize="xs" fontWeight="normal">
                  <RelativeTime at={version.trained_at} /> by {version.trained_by}
                </Text>
              </Table.ColumnHeader>
            ))}
          </Table.Row>
        </Table.Header>
        <Table.Body>
          <Part lines={compared.metrics} title="Metrics" width={width} />
          <Part lines={compared.trained_on} title="Trained On" width={width} />
          <Part lines={compared.parameters} title="Parameters that Differ" width={width} />
          <Part lines={compared.environment} title="Packages that Differ" width={width} />
        </Table.Body>
      </Table.Root>
    </Table.ScrollArea>
  );
};

type Props = { readonly choose: (versions: readonly string[]) => void; readonly model: string; readonly versions: readonly string[] };

export const Comparison = ({ choose, model, versions }: Props) => {
  const query = api.useQuery("get", "/api/v1/models/{model}/comparison", {
    params: { path: { model }, query: { version: [...versions] } },
  });
  return (
    <Card
      actions={
        <Button
          onClick={() => {
            choose([]);
          }}
          size="xs"
          variant="ghost"
        >
          Close
        </Button>
      }
      title="Comparison"
    >
      <Loaded query={query}>{(compared) => <Beside compared={compared} />}</Loaded>
    </Card>
  );
};
