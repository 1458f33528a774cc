/** The page behind the entry in Airflow's menu. */
import { App } from "@/app/App";
import { publish } from "@/app/publish";

publish("Hallmark", App);
