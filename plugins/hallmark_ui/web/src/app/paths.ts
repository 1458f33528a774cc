/** Addresses within Airflow's UI, for its router: prefixes are the router's business. */

const HOME = "/plugin/hallmark";
const part = encodeURIComponent;
const query = (values: Readonly<Record<string, string | undefined>>): string => {
  const told = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return told.length > 0 ? `?${new URLSearchParams(told).toString()}` : "";
};

/** Where our pages and Airflow's are. Names may have slashes: they are one part of the address. */
export const at = {
  page: (path: string) => (path === "" ? HOME : `${HOME}/${path}`),
  overview: () => `${HOME}/overview`,
  datasets: (filters: Readonly<Record<string, string | undefined>> = {}) => `${HOME}/datasets${query(filters)}`,
  dataset: (name: string, tab?: string) => `${HOME}/datasets/${part(name)}${tab === undefined ? "" : `/${tab}`}`,
  column: (node: string, column: string) => `${HOME}/lineage${query({ column, columns: "true", node, selected: node })}`,
  lineage: (node?: string) => `${HOME}/lineage${query({ node })}`,
  quality: (filters: Readonly<Record<string, string | undefined>> = {}) => `${HOME}/quality${query(filters)}`,
  gate: (receipt: string) => `${HOME}/quality/${part(receipt)}`,
  models: () => `${HOME}/models`,
  model: (name: string) => `${HOME}/models/${part(name)}`,
  modelVersion: (name: string, version: string) => `${HOME}/models/${part(name)}/versions/${part(version)}`,
  reviews: (filters: Readonly<Record<string, string | undefined>> = {}) => `${HOME}/reviews${query(filters)}`,
  batch: (dataset: string, receipt: string) => `${HOME}/reviews/quarantine/${part(dataset)}/${part(receipt)}`,
  question: (dag: string, run: string, task: string, mapIndex: number) =>
    `${HOME}/reviews/questions/${part(dag)}/${part(run)}/${part(task)}/${mapIndex}`,
  receipts: (filters: Readonly<Record<string, string | undefined>> = {}) => `${HOME}/receipts${query(filters)}`,
  receipt: (id: string) => `${HOME}/receipts/${part(id)}`,
  dag: (dag: string) => `/dags/${part(dag)}`,
  run: (dag: string, run: string) => `/dags/${part(dag)}/runs/${part(run)}`,
  task: (dag: string, run: string, task: string, mapIndex = -1) =>
    `/dags/${part(dag)}/runs/${part(run)}/tasks/${part(task)}${mapIndex < 0 ? "" : `/mapped/${mapIndex}`}`,
  asset: (id: number | string) => `/assets/${id}`,
};
