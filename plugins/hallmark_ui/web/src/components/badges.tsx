/** Badges in the colours and with the signs that Airflow gives to a task's states. */
import { Badge, Icon } from "@chakra-ui/react";
import type { ReactNode } from "react";
import type { IconType } from "react-icons";
import { FiActivity, FiCheck, FiInbox, FiMinus, FiShield, FiSkipForward, FiSlash, FiX, FiAlertTriangle } from "react-icons/fi";
import { Tip } from "./Tip";

type Look = { readonly palette: string; readonly icon: IconType; readonly label: string; readonly about?: string };

/** The states of a receipt. */
const STATES: Readonly<Record<string, Look>> = {
  running: { palette: "running", icon: FiActivity, label: "Running" },
  audited: { palette: "success", icon: FiCheck, label: "Audited", about: "The checks were run; nothing is published by this stage." },
  published: { palette: "success", icon: FiCheck, label: "Published" },
  refused: { palette: "failed", icon: FiSlash, label: "Refused", about: "The gate let nothing through: the last good version stays." },
  failed: { palette: "failed", icon: FiX, label: "Failed" },
  skipped: { palette: "skipped", icon: FiSkipForward, label: "Skipped" },
  open: { palette: "awaiting_input", icon: FiInbox, label: "Waiting" },
  released: { palette: "success", icon: FiCheck, label: "Released" },
  superseded: { palette: "removed", icon: FiMinus, label: "Superseded" },
};

type Size = "xs" | "sm" | "md";
const unknown = (state: string): Look => ({ palette: "none", icon: FiMinus, label: state });

type PillProps = {
  readonly about?: ReactNode;
  readonly children?: ReactNode;
  readonly icon?: IconType;
  readonly palette: string;
  readonly size?: Size;
};

// White cannot be read on it.
const INK: Readonly<Record<string, string>> = { warning: "black" };

/** A badge of a palette of Airflow's theme. */
export const Pill = ({ about, children, icon, palette, size = "sm" }: PillProps) => (
  <Tip text={about}>
    <Badge borderRadius="full" color={INK[palette]} colorPalette={palette} gap={1} px={2} size={size} variant="solid" whiteSpace="nowrap">
      {icon === undefined ? undefined : <Icon as={icon} />}
      {children}
    </Badge>
  </Tip>
);

type StateProps = { readonly children?: ReactNode; readonly size?: Size; readonly state: string };

/** What became of a stage or of a batch under review. */
export const StateBadge = ({ children, size, state }: StateProps) => {
  const look = STATES[state] ?? unknown(state);
  return (
    <Pill about={look.about} icon={look.icon} palette={look.palette} size={size}>
      {children ?? look.label}
    </Pill>
  );
};

type GateProps = {
  readonly failed?: number;
  readonly passed?: number;
  readonly size?: Size;
  /** Whether all expectations were met; null where none was asked. */
  readonly success: boolean | null | undefined;
  /** Set where it was published in spite of failed expectations: those were warnings. */
  readonly published?: boolean;
};

/** What a gate has said. */
export const GateBadge = ({ failed, passed, published = false, size, success }: GateProps) => {
  if (success === null || success === undefined) {
    return <Pill about="No suite was checked." icon={FiMinus} palette="none" size={size}>No gate</Pill>;
  }
  const counted = passed === undefined ? undefined : `${passed} of ${passed + (failed ?? 0)} expectations met`;
  if (success) {
    return <Pill about={counted} icon={FiShield} palette="success" size={size}>Passed</Pill>;
  }
  return published ? (
    <Pill about={counted} icon={FiAlertTriangle} palette="warning" size={size}>Warned</Pill>
  ) : (
    <Pill about={counted} icon={FiX} palette="failed" size={size}>Failed</Pill>
  );
};

const SEVERITIES: Readonly<Record<string, string>> = { critical: "red", warning: "amber", info: "blue" };

/** How much an expectation matters. */
export const SeverityBadge = ({ severity }: { readonly severity: string }) => (
  <Badge colorPalette={SEVERITIES[severity] ?? "gray"} size="sm" variant="surface">
    {severity}
  </Badge>
);
