/** The exact versions that a model was trained on. */
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, DataTable, Link, type Column } from "@/components";

type Source = components["schemas"]["ModelVersionView"]["trained_on"][number];

/** Which partitions were read of a version. */
const part = (source: Source, before: string | null): string => {
  const end = source.before ?? before;
  return source.partition ?? (end === null ? "all" : `those before ${end}`);
};

const columnsOf = (before: string | null): readonly Column<Source>[] => [
  { key: "name", header: "Dataset", cell: (row) => (row.kind === "dataset" ? <Link bold to={at.dataset(row.name)}>{row.name}</Link> : row.name) },
  { key: "version", header: "Version", cell: (row) => row.version },
  { key: "partition", header: "Partitions", cell: (row) => part(row, before) },
  { key: "rows", header: "Rows", cell: (row) => count(row.rows), numeric: true },
];

type Props = {
  /** Of the training's parameters: versions that do not say it of themselves were read so far. */
  readonly before: unknown;
  readonly sources: readonly Source[];
};

export const TrainedOn = ({ before, sources }: Props) => (
  <DataTable
    columns={columnsOf(typeof before === "string" ? before : null)}
    empty="It is not known"
    label="What it was trained on"
    rowKey={(row) => `${row.name}@${row.version}@${row.partition ?? ""}`}
    rows={sources}
  />
);
