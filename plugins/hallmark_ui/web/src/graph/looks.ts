/** Icons and colours of what a graph shows. */
import type { IconType } from "react-icons";
import { FiActivity, FiAlertTriangle, FiBox, FiCheck, FiClock, FiDatabase, FiFile, FiGitMerge, FiMinus, FiPlay, FiX } from "react-icons/fi";
import type { Kind } from "./model";

type KindLook = { readonly icon: IconType; readonly label: string };

export const KINDS: Readonly<Record<Kind, KindLook>> = {
  dag: { icon: FiGitMerge, label: "Dag" },
  dataset: { icon: FiDatabase, label: "Dataset" },
  file: { icon: FiFile, label: "File" },
  job: { icon: FiPlay, label: "Job" },
  model: { icon: FiBox, label: "Model" },
  task: { icon: FiPlay, label: "Task" },
};

export type StateLook = { readonly icon: IconType; readonly label: string; readonly palette: string };

/** Of runs as the API calls them, of receipts, and of datasets and models. */
export const STATES: Readonly<Record<string, StateLook>> = {
  ABORT: { icon: FiX, label: "Aborted", palette: "failed" },
  COMPLETE: { icon: FiCheck, label: "Success", palette: "success" },
  FAIL: { icon: FiX, label: "Failed", palette: "failed" },
  LATE: { icon: FiClock, label: "Late", palette: "warning" },
  PASSED: { icon: FiCheck, label: "Passed", palette: "success" },
  RUNNING: { icon: FiActivity, label: "Running", palette: "running" },
  START: { icon: FiActivity, label: "Running", palette: "running" },
  SKIPPED: { icon: FiMinus, label: "Skipped", palette: "skipped" },
  UNMET: { icon: FiAlertTriangle, label: "Gate Not Met", palette: "failed" },
};
