/** The graph itself: drawn where it is seen, moved by pointer and keyboard. */
import "@xyflow/react/dist/style.css";
import { Box } from "@chakra-ui/react";
import { Background, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, type CSSProperties, type KeyboardEvent, type ReactNode } from "react";
import { colour } from "@/components/charts";
import { ErrorState, Loading } from "@/components";
import { ActionsContext, type Actions } from "./actions";
import { useColourMode } from "./colourMode";
import { boxes, lines, type Look } from "./drawing";
import { LineOf } from "./lines";
import { STATES } from "./looks";
import type { Graph } from "./model";
import { NodeBox, type BoxNode } from "./NodeBox";
import { HEAD, heightOf, NO_ROWS, WIDTH } from "./sizes";
import { useLayout, type Places } from "./useLayout";
import { beside } from "./walk";

const NODES = { box: NodeBox };
const LINES = { line: LineOf };
const FIT = { maxZoom: 1, minZoom: 0.05, padding: 0.08 } as const;
/** From which zoom on the nodes can be read. */
const LEGIBLE = 0.6;
/** Up to which width there is no room for a map. */
const NARROW = 700;
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

// What the drawing's library calls its colours, in those of Airflow's theme.
const THEME: CSSProperties & Readonly<Record<`--${string}`, string>> = {
  "--xy-attribution-background-color": colour("transparent"),
  "--xy-background-color": colour("bg"),
  "--xy-background-pattern-color": colour("border"),
  "--xy-controls-button-background-color": colour("bg"),
  "--xy-controls-button-background-color-hover": colour("bg.muted"),
  "--xy-controls-button-border-color": colour("border"),
  "--xy-controls-button-color": colour("fg"),
  "--xy-controls-button-color-hover": colour("fg"),
  "--xy-minimap-background-color": colour("bg"),
  "--xy-minimap-mask-background-color": `color-mix(in srgb, ${colour("bg.emphasized")} 55%, transparent)`,
  "--xy-theme-hover": colour("bg.muted"),
};

const OWN = {
  "& .react-flow__attribution a": { color: "fg.muted" },
  "& .hallmark-handle": { border: "none", height: "1px", minHeight: 0, minWidth: 0, opacity: 0, top: `${HEAD / 2}px`, width: "1px" },
};

const mapColour = ({ data, selected }: BoxNode): string => {
  const state = data.node.state === undefined ? undefined : STATES[data.node.state];
  return selected === true ? colour("border.info") : colour(data.node.failed ? "failed.solid" : state === undefined ? "border.emphasized" : `${state.palette}.muted`);
};

/** Where the data begins: the left edge, halfway up. */
function beginning(places: Places, high: number) {
  const all = [...places.values()];
  const middle = (Math.min(...all.map(({ y }) => y)) + Math.max(...all.map(({ height, y }) => y + height))) / 2;
  return { x: 24 - Math.min(...all.map(({ x }) => x)) * LEGIBLE, y: high / 2 - middle * LEGIBLE, zoom: LEGIBLE };
}

export type Focus = { readonly ids: readonly string[]; readonly turn: number };

type Props = {
  readonly actions: Actions;
  readonly children?: ReactNode;
  /** What is to be brought into view; a new `turn` does it again. */
  readonly focus?: Focus;
  readonly graph: Graph;
  readonly label: string;
  readonly look: Look;
  readonly map?: boolean;
  readonly onPlaces?: (places: Places) => void;
};

const Drawing = ({ actions, children, focus, graph, label, look, map = true, onPlaces }: Props) => {
  const mode = useColourMode();
  const flow = useReactFlow();
  const wide = useStore(({ width }) => width);
  const high = useStore(({ height }) => height);
  const frame = useRef<HTMLDivElement>(null);
  const sized = useMemo(
    () => [...graph.nodes.keys()].map((id) => ({ height: heightOf(look.rows.get(id) ?? NO_ROWS), id, width: WIDTH })),
    [graph.nodes, look.rows],
  );
  const { error, places } = useLayout(sized, graph.edges, actions.column?.node ?? look.selected ?? look.start);
  const nodes = useMemo(() => boxes(graph, places, look), [graph, places, look]);
  const edges = useMemo(() => lines(graph, places, look), [graph, places, look]);
  const ready = places.size > 0 && wide > 0;

  useEffect(() => {
    onPlaces?.(places);
  }, [onPlaces, places]);
  useEffect(() => {
    const start = look.start === undefined ? undefined : places.get(look.start);
    if (!ready) {
      return;
    }
    void flow.fitView(FIT).then(() => {
      // Too much to be read at once: begin where it was asked for.
      if (flow.getZoom() >= LEGIBLE) {
        return;
      }
      if (start === undefined) {
        void flow.setViewport(beginning(places, high));
      } else {
        void flow.setCenter(start.x + WIDTH / 2, start.y + start.height / 2, { zoom: LEGIBLE });
      }
    });
    // Only when the first places are there, or another thing is looked at.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [flow, ready, look.start]);
  const { path } = look.emphasis;
  useEffect(() => {
    if (ready && path !== undefined && path.length > 0) {
      void flow.fitView({ ...FIT, duration: 300, nodes: path.map((id) => ({ id })) });
    }
  }, [flow, path, ready]);
  useEffect(() => {
    if (focus !== undefined && focus.ids.length > 0) {
      void flow.fitView({ ...FIT, duration: 300, nodes: focus.ids.map((id) => ({ id })) });
    }
  }, [flow, focus]);

  const goTo = useCallback(
    (id: string) => {
      const place = places.get(id);
      if (place === undefined) {
        return;
      }
      void flow.setCenter(place.x + WIDTH / 2, place.y + HEAD / 2, { duration: 150, zoom: flow.getZoom() }).then(() => {
        // What was out of view is drawn only now.
        requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-graph-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }));
      });
    },
    [flow, places],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset.graphNode : undefined;
    const place = id === undefined ? undefined : places.get(id);
    if (event.key === "Escape") {
      actions.onSelect(undefined);
    } else if (place !== undefined && ARROWS.includes(event.key)) {
      event.preventDefault();
      const next = beside(place, places, event.key);
      if (next !== undefined) {
        goTo(next);
      }
    }
  };
  if (error !== undefined) {
    return <ErrorState error={error} />;
  }
  return (
    <Box aria-label={label} css={OWN} height="100%" onKeyDown={onKeyDown} ref={frame} role="group" width="100%">
      {places.size === 0 ? <Loading /> : undefined}
      <ActionsContext.Provider value={actions}>
        <ReactFlow
          colorMode={mode}
          edgeTypes={LINES}
          edges={edges}
          edgesFocusable={false}
          elementsSelectable={false}
          maxZoom={1.5}
          minZoom={0.05}
          nodeTypes={NODES}
          nodes={nodes}
          nodesConnectable={false}
          nodesDraggable={false}
          nodesFocusable={false}
          onPaneClick={() => {
            actions.onSelect(undefined);
          }}
          onlyRenderVisibleElements
          style={THEME}
        >
          <Background />
          <Controls fitViewOptions={FIT} showInteractive={false} />
          {map && wide > NARROW ? <MiniMap<BoxNode> ariaLabel="Map of the graph" nodeColor={mapColour} nodeStrokeWidth={0} pannable zoomable /> : undefined}
          {children}
        </ReactFlow>
      </ActionsContext.Provider>
    </Box>
  );
};

export const Canvas = (props: Props) => (
  <ReactFlowProvider>
    <Drawing {...props} />
  </ReactFlowProvider>
);
