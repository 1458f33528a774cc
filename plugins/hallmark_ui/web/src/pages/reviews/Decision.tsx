/** Asks for the reason of a decision, carries it out, and tells what became of each batch. */
import { Alert, Box, Button, CloseButton, Dialog, Field, Portal, Stack, Text, Textarea } from "@chakra-ui/react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { at } from "@/app/paths";
import { count, ErrorState, Link } from "@/components";
import { ACTIONS, type Action } from "./kinds";

type Result = components["schemas"]["Verdict"];

export type Batch = { readonly dataset: string; readonly partition: string | null; readonly receipt: string; readonly rows: number | null };

const MOST_NAMED = 5;
const LONGEST = 2000;

const nameOf = (batch: Batch): string => `${batch.dataset}${batch.partition ? ` [${batch.partition}]` : ""}`;

/** Decides; what is shown of reviews elsewhere is fetched again then. */
function useDecide(action: Action) {
  const client = useQueryClient();
  const onSettled = () =>
    Promise.all(
      ["/api/v1/reviews", "/api/v1/reviews/quarantine/{dataset}/{receipt}", "/api/v1/receipts", "/api/v1/overview", "/api/v1/catalog/datasets"].map((path) =>
        client.invalidateQueries({ queryKey: ["get", path], refetchType: path === "/api/v1/reviews" ? "active" : "none" }),
      ),
    );
  const release = api.useMutation("post", "/api/v1/reviews/quarantine/release", { onSettled });
  const discard = api.useMutation("post", "/api/v1/reviews/quarantine/discard", { onSettled });
  return action === "release" ? release : discard;
}

const Outcome = ({ action, batch, result }: { readonly action: Action; readonly batch: string; readonly result: Result }) => (
  <Alert.Root size="sm" status={result.done ? "success" : "warning"}>
    <Alert.Indicator />
    <Alert.Content>
      <Alert.Title>
        {batch}: {result.done ? ACTIONS[action].past : result.state === "refused" ? "Refused by the Gate" : "Not Done"}
      </Alert.Title>
      <Alert.Description overflowWrap="anywhere">
        {result.detail} {result.made === null ? undefined : <Link to={at.receipt(result.made)}>Receipt</Link>}
      </Alert.Description>
    </Alert.Content>
  </Alert.Root>
);

const Outcomes = ({ action, batches, results }: { readonly action: Action; readonly batches: readonly Batch[]; readonly results: readonly Result[] }) => {
  const done = results.filter((result) => result.done).length;
  return (
    <Stack aria-live="polite" gap={2}>
      {results.length > 1 ? (
        <Text fontWeight="bold">
          {done} of {results.length} {ACTIONS[action].past.toLowerCase()}
        </Text>
      ) : undefined}
      {results.map((result, place) => {
        const batch = batches[place];
        return <Outcome action={action} batch={batch ? nameOf(batch) : result.dataset} key={`${result.dataset}@${result.receipt_id}`} result={result} />;
      })}
    </Stack>
  );
};

const Named = ({ batches }: { readonly batches: readonly Batch[] }) => (
  <Box as="ul" listStyleType="disc" ps={5}>
    {batches.slice(0, MOST_NAMED).map((batch) => (
      <li key={`${batch.dataset}@${batch.receipt}`}>
        {nameOf(batch)}
        {batch.rows === null ? "" : `, ${count(batch.rows)} rows`}
      </li>
    ))}
    {batches.length > MOST_NAMED ? <li>and {batches.length - MOST_NAMED} more</li> : undefined}
  </Box>
);

type Props = {
  readonly action: Action;
  readonly batches: readonly Batch[];
  /** Once it is closed; `decided`: whether it was carried out. */
  readonly onClose: (decided: boolean) => void;
};

export const Decision = ({ action, batches, onClose }: Props) => {
  const [reason, setReason] = useState("");
  const decide = useDecide(action);
  const results = decide.data?.results;
  const close = () => {
    if (!decide.isPending) {
      onClose(results !== undefined);
    }
  };
  const send = () => {
    decide.mutate({ body: { batches: batches.map((batch) => ({ dataset: batch.dataset, receipt_id: batch.receipt })), reason: reason.trim() } });
  };
  return (
    <Dialog.Root
      onOpenChange={close}
      open
      placement="center"
      role="alertdialog"
      size="lg"
    >
      <Portal>
        <Dialog.Backdrop />
        <Dialog.Positioner>
          <Dialog.Content>
            <Dialog.Header>
              <Dialog.Title>
                {ACTIONS[action].label} {batches.length === 1 ? "This Batch" : `${batches.length} Batches`}
              </Dialog.Title>
            </Dialog.Header>
            <Dialog.Body>
              {results === undefined ? (
                <Stack gap={4}>
                  <Named batches={batches} />
                  <Text color="fg.muted">{ACTIONS[action].what}</Text>
                  <Field.Root required>
                    <Field.Label>
                      Reason <Field.RequiredIndicator />
                    </Field.Label>
                    <Textarea
                      disabled={decide.isPending}
                      maxLength={LONGEST}
                      onChange={(event) => {
                        setReason(event.target.value);
                      }}
                      rows={3}
                      value={reason}
                    />
                    <Field.HelperText>It is kept with your name in the receipt.</Field.HelperText>
                  </Field.Root>
                  {decide.error instanceof Error ? <ErrorState error={decide.error} /> : undefined}
                </Stack>
              ) : (
                <Outcomes action={action} batches={batches} results={results} />
              )}
            </Dialog.Body>
            <Dialog.Footer>
              <Button onClick={close} variant="outline">
                {results === undefined ? "Cancel" : "Close"}
              </Button>
              {results === undefined ? (
                <Button colorPalette={ACTIONS[action].palette} disabled={reason.trim() === ""} loading={decide.isPending} onClick={send}>
                  {ACTIONS[action].label}
                </Button>
              ) : undefined}
            </Dialog.Footer>
            <Dialog.CloseTrigger asChild>
              <CloseButton aria-label="Close" size="sm" />
            </Dialog.CloseTrigger>
          </Dialog.Content>
        </Dialog.Positioner>
      </Portal>
    </Dialog.Root>
  );
};
