/** A chain as a tree: below each version what it was made from; what came up before is not drawn again. */
import type { Chain, Link } from "./body";

export type Branch = {
  /** Its own inputs stand above, where it came up first. */
  readonly again: boolean;
  readonly branches: readonly Branch[];
  readonly link: Link;
};

export function branchesOf(chain: Pick<Chain, "links" | "starts">): readonly Branch[] {
  const links = new Map(chain.links.map((link) => [link.id, link]));
  const seen = new Set<string>();
  const grow = (ids: readonly string[]): readonly Branch[] =>
    ids.flatMap((id): readonly Branch[] => {
      const link = links.get(id);
      if (link === undefined) {
        return [];
      }
      if (seen.has(id)) {
        return [{ again: true, branches: [], link }];
      }
      seen.add(id);
      return [{ again: false, branches: grow(link.inputs), link }];
    });
  return grow(chain.starts);
}

/** Whether it came from outside: nobody told what made it. */
export const isSource = (link: Link): boolean => !link.hidden && (link.job === null || link.job === undefined);

const SHORT = 10;

/** A version for the eye: checksums are cut. */
export const short = (version: string): string => (/^[0-9a-f]{32,}$/i.test(version) ? version.slice(0, SHORT) : version);

const DATASET = "dataset:";

/** `flights/raw@3`; of a file its path. */
export function nameOf(link: Link): string {
  const name = link.dataset.startsWith(DATASET) ? link.dataset.slice(DATASET.length).replace(/^file:/, "") : link.dataset;
  const newest = link.versions.at(-1);
  return newest ? `${name}@${short(newest)}` : name;
}

/** "partition 2013-01", "3 partitions 2013-01 … 2013-03". */
export function partitionsOf(link: Link): string {
  const names = [...link.partitions].sort();
  const [first, last] = [names[0], names.at(-1)];
  if (first === undefined || last === undefined) {
    return "";
  }
  return names.length === 1 ? `partition ${first}` : `${names.length} partitions ${first} … ${last}`;
}

/** The parts of a job's name: `dag.task`, with the longest DAG that is known. */
export function taskOf(job: string, dags: readonly string[]): readonly [dag: string, task: string] | undefined {
  const known = dags.filter((dag) => job.startsWith(`${dag}.`)).sort((one, other) => other.length - one.length)[0];
  return known === undefined ? undefined : [known, job.slice(known.length + 1)];
}
