/** A field to see the graph as it was when a version was made, or a run was. */
import { api } from "@/api/client";
import { useTimezone } from "@/app/host";
import { absolute, Choice, type Option } from "@/components";
import { isJob, type GraphNode } from "@/graph/model";

const MOST = 50;

type Props = { readonly node: GraphNode; readonly onChange: (value: string) => void; readonly value: string };

/** The chosen one is an option even if it is older than those that are listed. */
const withChosen = (options: readonly Option[], value: string): readonly Option[] =>
  value === "" || options.some((option) => option.value === value) ? options : [...options, { label: value, value }];

const Moments = ({ onChange, options, value }: Omit<Props, "node"> & { readonly options: readonly Option[] }) => (
  <Choice all="As of today" label="As of" onChange={onChange} options={options} value={value} widest="260px" />
);

const OfDataset = ({ node, onChange, value }: Props) => {
  const zone = useTimezone();
  const query = api.useQuery("get", "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions", {
    params: { path: { dataset: node.name, namespace: node.namespace }, query: { limit: MOST } },
  });
  const options = (query.data?.versions ?? []).map((each) => ({
    label: `Version ${each.toldVersion.slice(0, 12)}, ${absolute(each.createdAt, zone)}`,
    value: each.toldVersion,
  }));
  return <Moments onChange={onChange} options={withChosen(options, value)} value={value} />;
};

const OfJob = ({ node, onChange, value }: Props) => {
  const zone = useTimezone();
  const query = api.useQuery("get", "/api/v1/namespaces/{namespace}/jobs/{job}/runs", {
    params: { path: { job: node.name, namespace: node.namespace }, query: { limit: MOST } },
  });
  const options = (query.data?.runs ?? []).map((each) => ({
    label: `Run of ${absolute(each.startedAt ?? each.createdAt, zone)}`,
    value: each.id,
  }));
  return <Moments onChange={onChange} options={withChosen(options, value)} value={value} />;
};

export const AsOf = (props: Props) => (isJob(props.node) ? <OfJob {...props} /> : <OfDataset {...props} />);
