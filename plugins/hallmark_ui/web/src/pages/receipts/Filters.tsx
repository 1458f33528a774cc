/** What the list of receipts is narrowed by; all of it stands in the address. */
import { Box, Button, Field, Flex, HStack, Input } from "@chakra-ui/react";
import { useId, useState } from "react";
import { FiX } from "react-icons/fi";
import { useSearchParams } from "react-router-dom";
import { api } from "@/api/client";
import { useParam } from "@/app/params";
import { Choice } from "@/components";

const STATES = ["published", "refused", "failed", "skipped", "audited", "running"];
const KINDS = ["extract", "clean", "transform", "stage", "gate", "train", "evaluate", "score", "deploy", "quarantine", "release"];
const options = (values: readonly string[]) => values.map((value) => ({ label: value, value }));

const SUGGESTED = 20;

/** The names of datasets that have these letters. */
function useNames(typed: string): readonly string[] {
  const query = api.useQuery("get", "/api/v1/catalog/datasets", {
    params: { query: { limit: SUGGESTED, search: typed === "" ? undefined : typed } },
  });
  return query.data?.items.map((dataset) => dataset.name) ?? [];
}

/** A field for one exact name, with names that fit; it counts once it is chosen or left. */
const DatasetField = () => {
  const [value, set] = useParam("dataset");
  const [typed, setTyped] = useState(value);
  const names = useNames(typed);
  const id = useId();
  return (
    <>
      <Input
        aria-label="Dataset or model"
        list={id}
        maxWidth="260px"
        onBlur={() => {
          set(typed);
        }}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value === "" || names.includes(event.target.value)) {
            set(event.target.value);
          }
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            set(typed);
          }
        }}
        placeholder="Dataset or model"
        type="search"
        value={typed}
      />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
};

const DayField = ({ label, name }: { readonly label: string; readonly name: string }) => {
  const [value, set] = useParam(name);
  return (
    <Field.Root alignItems="center" flexDirection="row" width="auto">
      <Field.Label color="fg.muted" whiteSpace="nowrap">
        {label}
      </Field.Label>
      <Input
        onChange={(event) => {
          set(event.target.value);
        }}
        type="date"
        value={value.slice(0, "2026-01-31".length)}
        width="150px"
      />
    </Field.Root>
  );
};

/** What only a link sets; it is shown, to be taken away. */
const LINKED = [
  ["task_id", "Task"],
  ["run_id", "Run"],
  ["principal", "By"],
] as const;

const Linked = () => {
  const [parameters, setParameters] = useSearchParams();
  return LINKED.flatMap(([name, label]) =>
    parameters.getAll(name).map((value) => (
      <Button
        aria-label={`All, not only ${label} ${value}`}
        key={`${name}=${value}`}
        onClick={() => {
          setParameters(
            (before) => {
              const after = new URLSearchParams(before);
              after.delete(name, value);
              return after;
            },
            { replace: true },
          );
        }}
        size="xs"
        variant="surface"
      >
        {label}: {value} <FiX />
      </Button>
    )),
  );
};

export const Filters = () => {
  const [dag, setDag] = useParam("dag_id");
  const [state, setState] = useParam("state");
  const [kind, setKind] = useParam("kind");
  const facets = api.useQuery("get", "/api/v1/catalog/facets");
  const known = facets.data?.dags.map((each) => each.value).filter((each) => each !== null) ?? [];
  const dags = dag === "" || known.includes(dag) ? known : [dag, ...known];
  return (
    <Box mb={3}>
      <Flex flexWrap="wrap" gap={3}>
        <DatasetField />
        <Choice label="State" onChange={setState} options={options(STATES)} value={state} />
        <Choice label="Kind" onChange={setKind} options={options(KINDS)} value={kind} />
        <Choice label="Dag" onChange={setDag} options={options(dags)} value={dag} />
        <HStack gap={3}>
          <DayField label="From (UTC)" name="since" />
          <DayField label="To (UTC)" name="until" />
        </HStack>
      </Flex>
      <HStack flexWrap="wrap" gap={2} mt={2}>
        <Linked />
      </HStack>
    </Box>
  );
};
