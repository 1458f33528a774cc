/** What is read of a receipt's whole text; see `hallmark.receipt.Receipt`. */

export type Version = {
  readonly bytes?: number | null;
  readonly files?: number | null;
  readonly kind: string;
  readonly location: string;
  readonly name: string;
  readonly namespace: string;
  readonly partition?: string | null;
  readonly rows?: number | null;
  readonly version: string;
};

export type Body = {
  readonly code?: Readonly<Record<string, unknown>> | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly inputs?: readonly Version[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly output?: Version | null;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly run?: { readonly operator?: string };
  readonly seconds?: Readonly<Record<string, number>>;
  readonly sql?: string | null;
};

export type Link = {
  readonly code?: Readonly<Record<string, unknown>> | null;
  readonly dataset: string;
  readonly first_at?: string | null;
  readonly hidden?: boolean;
  readonly id: string;
  readonly inputs: readonly string[];
  readonly job?: string | null;
  readonly kind: string;
  readonly last_at?: string | null;
  readonly partitions: readonly string[];
  readonly principal?: string | null;
  readonly receipts: readonly string[];
  readonly rows?: number | null;
  readonly runs: readonly string[];
  readonly suite?: { readonly failed: number; readonly name: string | null; readonly passed: number; readonly verdict: string } | null;
  readonly versions: readonly string[];
};

export type Chain = {
  readonly dataset: string;
  readonly links: readonly Link[];
  readonly starts: readonly string[];
  readonly truncated: boolean;
  readonly version: string;
};
