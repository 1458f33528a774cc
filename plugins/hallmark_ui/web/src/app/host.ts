/** What we take from Airflow's page around us. */
import { useSyncExternalStore } from "react";

/** An address below Airflow's root, whatever prefix that has: `hostUrl("hallmark/api")`. */
export const hostUrl = (path: string): string => new URL(path.replace(/^\//, ""), document.baseURI).href;

/** Where to sign in, to come back to this page. */
export const loginUrl = (): string =>
  `${hostUrl("api/v2/auth/login")}?next=${encodeURIComponent(globalThis.location.href)}`;

const TIMEZONE = "timezone";
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function readZone(): string {
  const stored = localStorage.getItem(TIMEZONE);
  if (stored === null) {
    return ownZone();
  }
  try {
    const zone: unknown = JSON.parse(stored);
    return typeof zone === "string" ? zone : ownZone();
  } catch {
    return ownZone();
  }
}

function subscribe(changed: () => void): () => void {
  // The second is what Airflow sends within a window.
  const events = ["storage", "local-storage"];
  events.forEach((event) => {
    globalThis.addEventListener(event, changed);
  });
  return () => {
    events.forEach((event) => {
      globalThis.removeEventListener(event, changed);
    });
  };
}

/** The time zone that the user has chosen in Airflow. */
export const useTimezone = (): string => useSyncExternalStore(subscribe, readZone);

/** The language that the user has chosen in Airflow; ours is English so far, figures follow the language. */
export const locale = (): string => document.documentElement.lang || "en";
