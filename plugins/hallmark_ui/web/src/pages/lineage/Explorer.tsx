/** The graph around a node with what can be asked of it. State is in the address, but for what was unfolded. */
import { Alert, Box, Button, Flex } from "@chakra-ui/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { FiX } from "react-icons/fi";
import { useNavigate, useSearchParams } from "react-router-dom";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Loaded } from "@/components";
import { Canvas, type Focus } from "@/graph/Canvas";
import { flowsOf, litBy, type Point } from "@/graph/columns";
import { allRows, type Look } from "@/graph/drawing";
import { download } from "@/graph/download";
import type { Graph, Told } from "@/graph/model";
import { FEW, STEP } from "@/graph/sizes";
import { near, reached, type Way } from "@/graph/walk";
import type { Places } from "@/graph/useLayout";
import type { Cause as CauseAnswer } from "./answers";
import { AsOf } from "./AsOf";
import { Cause } from "./Cause";
import { Panel } from "./Panel";
import { Toolbar } from "./Toolbar";
import { idOf, useLineage } from "./useLineage";

const DEPTH = "2";

type Props = { readonly start: string };

export const Explorer = ({ start }: Props) => {
  const [depth] = useParam("depth", DEPTH);
  const [asOf] = useParam("as_of");
  const [columns] = useParam("columns");
  const far = Number(depth) || Number(DEPTH);
  const query = api.useQuery(
    "get",
    "/api/v1/graph",
    { params: { query: { as_of: asOf === "" ? undefined : asOf, columns: columns === "true", down: far, node: start, up: far } } },
    { placeholderData: (before) => before, refetchInterval: useLive() },
  );
  return <Loaded back={["All nodes", at.lineage()]} query={query}>{(told) => <Drawn told={told} />}</Loaded>;
};

/** Several parameters of the address at once. */
function useParams() {
  const [values, set] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      set(
        (before) => {
          const after = new URLSearchParams(before);
          Object.entries(changes).forEach(([name, value]) => {
            if (value === undefined || value === "") {
              after.delete(name);
            } else {
              after.set(name, value);
            }
          });
          return after;
        },
        { replace: true },
      );
    },
    [set],
  );
  return [values, change] as const;
}

const causePath = (cause: CauseAnswer | null | undefined, graph: Graph): readonly string[] | undefined =>
  cause === undefined || cause === null ? undefined : cause.path.map(({ id }) => idOf(graph, id));

const matching = (graph: Graph, text: string): readonly string[] =>
  text.trim() === ""
    ? []
    : [...graph.nodes.values()]
        .filter((node) =>
          [node.label, node.name, node.owner ?? "", ...(node.columns ?? []).map(({ name }) => name)].some((each) => each.toLowerCase().includes(text.trim().toLowerCase())),
        )
        .map(({ id }) => id);

const Drawn = ({ told }: { readonly told: Told }) => {
  const navigate = useNavigate();
  const [values, change] = useParams();
  const asOf = values.get("as_of") ?? "";
  const columns = values.get("columns") === "true";
  const { foldOf, graph, onFold } = useLineage({ columns, past: asOf !== "", told });
  const [find, setFind] = useState("");
  const [focus, setFocus] = useState<Focus>();
  const [opened, setOpened] = useState<ReadonlyMap<string, number>>(new Map());
  const places = useRef<Places>(new Map());

  const startId = told.start;
  const selected = values.get("selected") ?? undefined;
  const name = values.get("column") ?? undefined;
  const point = useMemo<Point | undefined>(
    () => {
      const there = selected === undefined ? undefined : graph.nodes.get(selected);
      // A column that is there no more lights nothing, instead of dimming all.
      const known = there?.columns === undefined || there.columns.some((column) => column.name === name);
      return name === undefined || there === undefined || !known ? undefined : { column: name, node: there.id };
    },
    [graph, name, selected],
  );
  const flows = useMemo(() => flowsOf(graph), [graph]);
  const lit = useMemo(() => (point === undefined ? undefined : litBy(flows, point)), [flows, point]);

  const asked = values.get("cause") ?? undefined;
  const cause = api.useQuery("get", "/api/v1/cause", { params: { query: { node: asked ?? "" } } }, { enabled: asked !== undefined });
  const answer = asked === undefined ? undefined : (cause.data as { readonly cause: CauseAnswer | null } | undefined)?.cause;
  const path = useMemo(() => causePath(answer, graph), [answer, graph]);

  const found = useMemo(() => matching(graph, find), [graph, find]);
  const rows = useMemo(() => allRows(graph, columns, lit, opened), [graph, columns, lit, opened]);
  const look = useMemo<Look>(
    () => ({ emphasis: { lit, path }, foldOf, found: new Set(found), rows, selected, start: startId }),
    [lit, path, foldOf, found, rows, selected, startId],
  );

  const select = useCallback(
    (id: string | undefined) => {
      change({ cause: undefined, column: undefined, selected: id });
    },
    [change],
  );
  const goTo = useCallback(
    (id: string) => {
      const there = idOf(graph, id);
      if (graph.nodes.has(there)) {
        change({ selected: there, column: there === selected ? name : undefined });
        setFocus((before) => ({ ids: [there], turn: (before?.turn ?? 0) + 1 }));
      } else {
        void navigate(at.lineage(id));
      }
    },
    [change, graph, name, navigate, selected],
  );
  const actions = useMemo(
    () => ({
      column: point,
      onColumn: (chosen: Point | undefined) => {
        change({ cause: undefined, column: chosen?.column, columns: "true", selected: chosen?.node ?? selected });
      },
      onColumns: (id: string) => {
        setOpened((before) => new Map(before).set(id, (before.get(id) ?? FEW) + STEP));
      },
      onFold: (id: string, way: Way, more: boolean) => {
        onFold(id, way, more);
      },
      onSelect: select,
    }),
    [change, onFold, point, select, selected],
  );
  const node = selected === undefined ? undefined : graph.nodes.get(selected);
  const startNode = graph.nodes.get(startId);
  const suspect = useMemo(
    () =>
      node !== undefined && [...reached([node.id], near(graph.edges).up)].some((id) => graph.nodes.get(id)?.failed === true),
    [graph, node],
  );

  return (
    <Flex direction="column" height="calc(100vh - 110px)" minHeight="480px">
      <Toolbar
        asOf={
          startNode === undefined ? undefined : (
            <AsOf
              node={startNode}
              onChange={(value) => {
                change({ as_of: value, cause: undefined, column: undefined, selected: undefined });
              }}
              value={asOf}
            />
          )
        }
        columns={columns}
        depth={values.get("depth") ?? DEPTH}
        find={find}
        found={found.length}
        onColumns={(on) => {
          change({ column: on ? name : undefined, columns: on ? "true" : undefined });
        }}
        onDepth={(value) => {
          change({ depth: value === DEPTH ? undefined : value });
        }}
        onExport={(kind) => void download(graph, places.current, look, kind)}
        onFind={setFind}
        onNext={() => {
          setFocus((before) => {
            const turn = (before?.turn ?? 0) + 1;
            return { ids: found.slice(turn % Math.max(found.length, 1)).slice(0, 1), turn };
          });
        }}
      />
      {graph.truncated ? (
        <Alert.Root mb={2} size="sm" status="info">
          <Alert.Indicator />
          <Alert.Title>There is more than is drawn: take fewer tasks, or start elsewhere.</Alert.Title>
        </Alert.Root>
      ) : undefined}
      <Flex borderColor="border" borderRadius={5} borderWidth={1} direction={{ base: "column", lg: "row" }} flex={1} minHeight={0} overflow="hidden">
        <Box flex={1} minHeight={0} minWidth={0}>
          <Canvas
            actions={actions}
            focus={focus}
            graph={graph}
            label={`Lineage of ${startNode?.label ?? startId}`}
            look={look}
            onPlaces={(now) => {
              places.current = now;
            }}
          />
        </Box>
        {node === undefined && asked === undefined ? undefined : (
          <Box
            as="aside"
            borderColor="border"
            borderLeftWidth={{ base: 0, lg: 1 }}
            borderTopWidth={{ base: 1, lg: 0 }}
            flexShrink={0}
            maxHeight={{ base: "45%", lg: "none" }}
            overflowY="auto"
            p={3}
            width={{ base: "100%", lg: "340px" }}
          >
            {asked === undefined ? undefined : (
              <Box mb={4}>
                <Loaded query={cause}>{() => <Cause cause={answer ?? null} onSelect={goTo} />}</Loaded>
                <Button
                  mt={2}
                  onClick={() => {
                    change({ cause: undefined });
                  }}
                  size="xs"
                  variant="outline"
                >
                  <FiX /> Clear
                </Button>
              </Box>
            )}
            {node === undefined ? undefined : (
              <Panel
                chosen={point}
                flows={flows}
                labelOf={(id) => graph.nodes.get(id)?.label ?? id}
                key={node.id}
                node={node}
                onCause={() => {
                  change({ cause: node.base, column: undefined });
                }}
                onCentre={
                  node.id === startId
                    ? undefined
                    : () => {
                        void navigate(at.lineage(node.base));
                      }
                }
                onClose={() => {
                  select(undefined);
                }}
                onColumn={actions.onColumn}
                onSelect={goTo}
                suspect={suspect}
              />
            )}
          </Box>
        )}
      </Flex>
    </Flex>
  );
};
