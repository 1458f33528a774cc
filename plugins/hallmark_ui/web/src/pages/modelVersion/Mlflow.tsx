/** The version's training on MLflow's own pages, where MLflow has some: the task that trained it knows its address. */
import { Button } from "@chakra-ui/react";
import { useQuery } from "@tanstack/react-query";
import { FiExternalLink } from "react-icons/fi";
import { airflow, linksPath } from "@/api/airflow";

type Links = { readonly extra_links: Readonly<Record<string, string | null>> };
type Props = { readonly of: { readonly dag_id: string; readonly run_id: string; readonly task_id: string } };

const NAME = "MLflow";
const WEB = /^https?:\/\//;

export const Mlflow = ({ of: { dag_id: dag, run_id: run, task_id: task } }: Props) => {
  const path = linksPath(dag, run, task);
  // Airflow may have forgotten the run: then there is no link, and nothing amiss.
  const query = useQuery({ queryFn: () => airflow<Links>(path), queryKey: ["airflow", path], refetchInterval: false, staleTime: Infinity });
  const url = query.data?.extra_links[NAME] ?? "";
  return WEB.test(url) ? (
    <Button asChild size="sm" variant="outline">
      <a href={url} rel="noopener noreferrer" target="_blank">
        <FiExternalLink /> MLflow
      </a>
    </Button>
  ) : undefined;
};
