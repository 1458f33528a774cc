/** The models in use and those that challenge them. */
import { FiCpu } from "react-icons/fi";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { Card, DataTable, EmptyState, GateBadge, Link, Owner, RelativeTime, Term, type Column } from "@/components";

type Model = components["schemas"]["ModelItem"];

const version = (model: Model, which: "challenger" | "champion") => {
  const one = model[which];
  return one === null ? undefined : <Link to={at.modelVersion(model.name, one.version)}>{one.version}</Link>;
};

const columns: readonly Column<Model>[] = [
  { key: "name", header: "Model", cell: (row) => row.name },
  { key: "champion", header: <Term name="champion">Champion</Term>, cell: (row) => version(row, "champion") },
  { key: "challenger", header: <Term name="challenger">Challenger</Term>, cell: (row) => version(row, "challenger") },
  { key: "gate", header: "Gate", cell: (row) => <GateBadge success={row.gate_success} /> },
  { key: "at", header: "Trained", cell: (row) => <RelativeTime at={(row.challenger ?? row.champion)?.trained_at} /> },
  { key: "note", header: "Attention", cell: (row) => row.attention },
  { key: "owner", header: "Owner", cell: (row) => <Owner name={row.owner} /> },
];

const FEW = 8;

export const Models = () => {
  const query = api.useQuery("get", "/api/v1/models", { params: { query: { limit: FEW } } }, { refetchInterval: useLive() });
  return (
    <Card icon={FiCpu} title="Models">
      <DataTable
        columns={columns}
        empty={<EmptyState title="No model is trained yet">A training stage leaves one here.</EmptyState>}
        error={query.error}
        label="Models"
        retry={() => void query.refetch()}
        rowKey={(row) => row.name}
        rows={query.data?.items}
        to={(row) => at.model(row.name)}
      />
    </Card>
  );
};
