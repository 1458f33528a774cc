/** How a module gives its component to Airflow's UI. */
import type { FunctionComponent } from "react";
import { Root } from "./Root";
import { Settled } from "./Settled";

/** What Airflow tells a component: which part of the page's address it stands at. */
export type HostProps = {
  readonly dagId?: string;
  readonly runId?: string;
  readonly taskId?: string;
  /** "-1" or absent where the task is not mapped. */
  readonly mapIndex?: string;
};

/**
 * Make a component known under the `name` of its places in `plugin.py`.
 *
 * Airflow asks for `globalThis.AirflowPlugin` after it has imported the module, and keeps it as
 * `globalThis[name]`. The second is set here as well: a module is run once, so where one module serves
 * several places, or two load at the same time, the first would be empty or another's.
 */
export function publish(name: string, Component: FunctionComponent<HostProps>): void {
  const Published = (props: HostProps) => (
    // A mark without a box: what is ours in Airflow's page can be told from the rest.
    <div data-hallmark={name} style={{ display: "contents" }}>
      <Settled name={name}>
        <Root>
          <Component {...props} />
        </Root>
      </Settled>
    </div>
  );
  Reflect.set(globalThis, name, Published);
  Reflect.set(globalThis, "AirflowPlugin", Published);
}
