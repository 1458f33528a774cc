/** What a model reads and what it gives. */
import { Badge, Box, Heading, Stack } from "@chakra-ui/react";
import type { components } from "@/api/schema";
import { Card, DataTable, type Column } from "@/components";

type Field = components["schemas"]["ModelVersionView"]["columns"][number];

const columns: readonly Column<Field>[] = [
  { key: "name", header: "Name", cell: (row) => row.name },
  { key: "type", header: "Type", cell: (row) => row.type },
  {
    key: "about",
    header: "Description",
    cell: (row) => (
      <>
        {row.description} {row.personal ? <Badge colorPalette="purple">personal</Badge> : undefined}
      </>
    ),
  },
];

const INPUTS_HEIGHT = "320px";

const Fields = ({ empty, fields, label }: { readonly empty: string; readonly fields: readonly Field[]; readonly label: string }) => (
  <Box>
    <Heading color="fg.muted" mb={1} size="xs">
      {label}
    </Heading>
    <Box maxHeight={INPUTS_HEIGHT} overflowY="auto" tabIndex={0}>
      <DataTable columns={columns} empty={empty} label={label} rowKey={(row) => row.name} rows={fields} />
    </Box>
  </Box>
);

type Props = { readonly inputs: readonly Field[]; readonly outputs: readonly Field[] };

export const Signature = ({ inputs, outputs }: Props) => (
  <Card title="Signature">
    <Stack gap={4}>
      <Fields empty="Not declared" fields={outputs} label="What It Gives" />
      <Fields empty="Not known" fields={inputs} label={`Columns It Was Trained On (${inputs.length})`} />
    </Stack>
  </Card>
);
