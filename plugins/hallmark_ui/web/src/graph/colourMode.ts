/** Whether Airflow's page is dark: its theme says so by a class of the document. */
import { useSyncExternalStore } from "react";

export type ColourMode = "light" | "dark";

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["class"] });
  return () => {
    observer.disconnect();
  };
}

const read = (): ColourMode => (document.documentElement.classList.contains("dark") ? "dark" : "light");

export const useColourMode = (): ColourMode => useSyncExternalStore(subscribe, read);
