/** The list of what waits, with what can be decided on several at once. */
import { Button, Checkbox, Flex, Heading, HStack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";
import { FiArrowRight } from "react-icons/fi";
import { count, DataTable, EmptyState, Link, Owner, RelativeTime, StateBadge, type Column } from "@/components";
import { Origin } from "@/components/Origin";
import { partsOf } from "../receipt/message";
import { Decision, type Batch } from "./Decision";
import { aboutOf, ACTIONS, isAction, type Action, type Review } from "./kinds";

/** As many as the API decides on at once. */
const MOST = 50;

const batchOf = (review: Review): Batch => ({
  dataset: review.name,
  partition: review.partition,
  receipt: review.receipt_id ?? "",
  rows: review.rows,
});

const Tick = (props: { readonly checked: boolean | "indeterminate"; readonly disabled?: boolean; readonly label: string; readonly onChange: () => void }) => (
  <Checkbox.Root checked={props.checked} disabled={props.disabled} onCheckedChange={props.onChange} size="sm">
    <Checkbox.HiddenInput aria-label={props.label} />
    <Checkbox.Control />
  </Checkbox.Root>
);

type Picking = { readonly chosen: ReadonlySet<string>; readonly pick: (ids: ReadonlySet<string>) => void };

/** The reviews with one more chosen, or one less. */
function toggled(chosen: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) {
    next.add(id);
  }
  return next;
}

const PickAll = ({ chosen, pick, rows }: Picking & { readonly rows: readonly Review[] }) => {
  const able = rows.filter((row) => row.actions.length > 0).slice(0, MOST);
  const all = able.length > 0 && able.every((row) => chosen.has(row.id));
  return (
    <Tick
      checked={all ? true : chosen.size > 0 ? "indeterminate" : false}
      disabled={able.length === 0}
      label="Choose all"
      onChange={() => {
        pick(new Set(all ? [] : able.map((row) => row.id)));
      }}
    />
  );
};

const Standing = ({ review }: { readonly review: Review }) =>
  review.kind === "question" ? <StateBadge state="open">Question</StateBadge> : <StateBadge state={review.standing} />;

const ANSWER: Column<Review> = {
  key: "answer",
  header: "Answer",
  cell: (row) =>
    row.url === null ? undefined : (
      <Button asChild size="xs" variant="outline">
        <RouterLink to={aboutOf(row).to(row)}>
          Answer <FiArrowRight />
        </RouterLink>
      </Button>
    ),
};

const asks = (row: Review): boolean => row.url !== null;

const columnsOf = (rows: readonly Review[], picking: Picking): readonly Column<Review>[] => [
  {
    key: "choose",
    header: <PickAll {...picking} rows={rows} />,
    cell: (row) => (
      <Tick
        checked={picking.chosen.has(row.id)}
        disabled={row.actions.length === 0 || (picking.chosen.size >= MOST && !picking.chosen.has(row.id))}
        label={`Choose ${row.title}`}
        onChange={() => {
          picking.pick(toggled(picking.chosen, row.id));
        }}
      />
    ),
    width: "40px",
  },
  {
    key: "title",
    header: "What Waits",
    cell: (row) => (
      <Link bold to={aboutOf(row).to(row)}>
        {row.title}
      </Link>
    ),
  },
  { key: "standing", header: "Standing", cell: (row) => <Standing review={row} /> },
  { key: "since", header: "Since", cell: (row) => <RelativeTime at={row.since} /> },
  { key: "detail", header: "Why", cell: (row) => <Text lineClamp={2} minWidth="22ch" title={row.detail}>{partsOf(row.detail).join("; ")}</Text> },
  { key: "thing", header: "About", cell: (row) => <Link to={aboutOf(row).thing(row)}>{row.name}</Link> },
  { key: "owner", header: "Owner", cell: (row) => (row.kind === "question" ? undefined : <Owner name={row.owner} />) },
  { key: "origin", header: "Task Instance", cell: (row) => <Origin of={row} stacked /> },
  ...(rows.some(asks) ? [ANSWER] : []),
];

type BarProps = { readonly chosen: readonly Review[]; readonly decide: (action: Action) => void };

/** What can be decided on all that are chosen; an action that some do not permit says of how many. */
const Bar = ({ chosen, decide }: BarProps) => {
  const offered = Object.keys(ACTIONS).filter(isAction);
  return (
    <HStack gap={2}>
      <Text fontSize="sm">{count(chosen.length)} chosen</Text>
      {offered.map((action) => {
        const able = chosen.filter((review) => review.actions.includes(action)).length;
        return (
          <Button
            colorPalette={ACTIONS[action].palette}
            disabled={able < chosen.length}
            key={action}
            onClick={() => {
              decide(action);
            }}
            size="sm"
            title={able < chosen.length ? `Possible for ${able} of the ${chosen.length} chosen` : undefined}
            variant={action === "discard" ? "outline" : "solid"}
          >
            {ACTIONS[action].label}
          </Button>
        );
      })}
    </HStack>
  );
};

type Props = {
  readonly error: unknown;
  readonly more?: { readonly load: () => void; readonly loading: boolean } | undefined;
  readonly retry: () => void;
  readonly rows: readonly Review[] | undefined;
  readonly total: string;
};

export const Waiting = ({ error, more, retry, rows, total }: Props) => {
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  // Kept while the dialog is open: the rows are gone from the list once it is done.
  const [deciding, setDeciding] = useState<{ readonly action: Action; readonly batches: readonly Batch[] }>();
  const chosen = (rows ?? []).filter((row) => picked.has(row.id));
  const ids = new Set(chosen.map((row) => row.id));
  return (
    <>
      <Flex alignItems="center" justifyContent="space-between" mb={2} minHeight="36px">
        <Heading size="md">{total} Waiting</Heading>
        {chosen.length === 0 ? undefined : (
          <Bar
            chosen={chosen}
            decide={(action) => {
              setDeciding({ action, batches: chosen.map(batchOf) });
            }}
          />
        )}
      </Flex>
      <DataTable
        columns={columnsOf(rows ?? [], { chosen: ids, pick })}
        empty={<EmptyState title="Nothing waits for you">Rows that a gate sets apart and questions from Airflow stand here.</EmptyState>}
        error={error}
        label="What waits for a decision"
        more={more}
        retry={retry}
        rowKey={(row) => row.id}
        rows={rows}
      />
      {deciding === undefined ? undefined : (
        <Decision
          action={deciding.action}
          batches={deciding.batches}
          onClose={(decided) => {
            setDeciding(undefined);
            if (decided) {
              pick(new Set());
            }
          }}
        />
      )}
    </>
  );
};
