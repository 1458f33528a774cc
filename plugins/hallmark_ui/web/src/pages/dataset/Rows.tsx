/** Some rows of the newest version, with personal columns masked. */
import { Button, HStack, Icon, Table, Text } from "@chakra-ui/react";
import { FiLock } from "react-icons/fi";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { useParam } from "@/app/params";
import { EmptyState, Loaded, ShowMore, Tip, usePart } from "@/components";
import { shown } from "../gate/words";

type Dataset = components["schemas"]["DatasetView"];
type Told = components["schemas"]["Rows"];
type Column = Told["columns"][number];

const Head = ({ column }: { readonly column: Column }) => (
  <Table.ColumnHeader whiteSpace="nowrap">
    <HStack gap={1}>
      {column.masked ? (
        <Tip text="Personal data: its values are masked.">
          <Icon aria-label="Masked" as={FiLock} boxSize={3} role="img" />
        </Tip>
      ) : undefined}
      {column.name}
    </HStack>
    <Text color="fg.muted" fontSize="xs" fontWeight="normal">{column.type}</Text>
  </Table.ColumnHeader>
);

const masked = (told: Told): string => {
  const names = told.columns.filter((column) => column.masked).map((column) => column.name);
  return names.length > 0 ? ` Masked, for it is personal: ${names.join(", ")}.` : "";
};

/** As many columns as are drawn at once. */
const MOST = 100;

const Values = ({ told }: { readonly told: Told }) => {
  const { more, shown: columns } = usePart(told.columns, MOST);
  return (
    <>
      <Table.ScrollArea borderColor="border" borderRadius={4} borderWidth={1} maxHeight="70vh" tabIndex={0}>
        <Table.Root aria-label="Rows" size="sm" stickyHeader striped>
          <Table.Header>
            <Table.Row>
              {columns.map((column) => (
                <Head column={column} key={column.name} />
              ))}
            </Table.Row>
          </Table.Header>
          <Table.Body>
            {told.rows.map((row, place) => (
              <Table.Row key={place}>
                {row.slice(0, columns.length).map((value, column) => (
                  <Table.Cell
                    color={value === null || told.columns[column]?.masked === true ? "fg.muted" : undefined}
                    fontVariantNumeric="tabular-nums"
                    key={told.columns[column]?.name ?? column}
                    textAlign={typeof value === "number" ? "end" : undefined}
                    whiteSpace="nowrap"
                  >
                    {shown(value)}
                  </Table.Cell>
                ))}
              </Table.Row>
            ))}
          </Table.Body>
        </Table.Root>
      </Table.ScrollArea>
      <ShowMore more={more} of="columns" />
    </>
  );
};

export const Rows = ({ dataset }: { readonly dataset: Dataset }) => {
  const [personal, setPersonal] = useParam("personal");
  const open = personal === "true" && dataset.may.see_personal;
  const query = api.useQuery(
    "get",
    "/api/v1/catalog/datasets/{dataset}/rows",
    { params: { path: { dataset: dataset.name }, query: { limit: 50, personal: open } } },
    { enabled: dataset.may.see_rows },
  );
  if (!dataset.may.see_rows) {
    return <EmptyState title="You may not see rows of this dataset">Whoever may edit its Dag can; its profile shows how the values are spread.</EmptyState>;
  }
  const some = dataset.schema.some((field) => field.personal) && dataset.may.see_personal;
  return (
    <Loaded query={query}>
      {(told) => (
        <>
          <HStack justifyContent="space-between" mb={2}>
            <Text fontSize="sm">
              The first {told.rows.length} rows of version {told.version}.{masked(told)}
            </Text>
            {some ? (
              <Button
                onClick={() => {
                  setPersonal(open ? "" : "true");
                }}
                size="sm"
                variant="outline"
              >
                {open ? "Mask personal values" : "Show personal values"}
              </Button>
            ) : undefined}
          </HStack>
          <Values told={told} />
        </>
      )}
    </Loaded>
  );
};
