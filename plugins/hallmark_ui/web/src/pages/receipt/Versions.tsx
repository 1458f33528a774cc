/** Exact versions that were read or written. */
import { Code, Text } from "@chakra-ui/react";
import { at } from "@/app/paths";
import { bytes, count, DataTable, type Column } from "@/components";
import type { Version } from "./body";
import { short } from "./tree";

/** Where a version's thing is shown: a file's is in the lineage. */
function placeOf(version: Version): string {
  if (version.kind === "model") {
    return version.version === "" ? at.model(version.name) : at.modelVersion(version.name, version.version);
  }
  return version.kind === "dataset" ? at.dataset(version.name) : at.lineage(`dataset:${version.namespace}:${version.location}`);
}

const columns: readonly Column<Version>[] = [
  { key: "name", header: "Name", cell: (row) => row.name },
  { key: "kind", header: "Kind", cell: (row) => row.kind },
  { key: "version", header: "Version", cell: (row) => (row.version === "" ? "not published" : <Code title={row.version}>{short(row.version)}</Code>) },
  { key: "partition", header: "Partition", cell: (row) => row.partition ?? "" },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows), numeric: true },
  { key: "bytes", header: "Size", cell: (row) => bytes(row.bytes), numeric: true },
];

type Props = { readonly empty: string; readonly label: string; readonly versions: readonly Version[] };

export const Versions = ({ empty, label, versions }: Props) => (
  <DataTable
    columns={columns}
    empty={<Text fontSize="sm">{empty}</Text>}
    label={label}
    rowKey={(row) => `${row.namespace}:${row.location}@${row.version}@${row.partition ?? ""}`}
    rows={versions}
    to={placeOf}
  />
);
