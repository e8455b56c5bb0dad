/** Which of the two APIs a server speaks, and what its version can and cannot do. */
import { coerce, gte } from "semver";

export type Api = "v1" | "v2";

export interface Dialect {
  readonly api: Api;
  /** As the server says it, suffixes included: `2.9.3+composer`. */
  readonly version: string;
  /** Under the root: `/api/v1`. */
  readonly base: string;
  /** Whether runs can be asked for by the time they last changed. */
  readonly updatedAtFilter: boolean;
  /** Whether a run has a note. */
  readonly notes: boolean;
  /** Whether datasets, later called assets, can be listed. */
  readonly assets: boolean;
  /** Whether a run may wait for a person. */
  readonly decisions: boolean;
  /** Whether values come as JSON and not as the text of Python. */
  readonly nativeValues: boolean;
  /** How many runs to ask for at once. */
  readonly runsPerPage: number;
}

/** 2.x lowers a larger wish in silence. */
export const DAGS_PER_PAGE = 100;

export function dialectOf(api: Api, version: string): Dialect {
  const from = atLeast(version);
  return {
    api,
    version,
    base: `/api/${api}`,
    updatedAtFilter: api === "v2" || from("2.6.0"),
    notes: api === "v2" || from("2.5.0"),
    assets: api === "v2" || from("2.4.0"),
    decisions: api === "v2" && from("3.1.0"),
    nativeValues: api === "v2" || from("2.10.0"),
    // 3.0 and 3.1 load every task instance of every run they list, so a large page hurts the server.
    runsPerPage: api === "v2" && !from("3.2.0") ? 50 : 100,
  };
}

/** Vendors append what they like to a version (`2.7.2.post1`), so it is read leniently and compared by its numbers. */
function atLeast(version: string): (minimum: string) => boolean {
  const numbers = coerce(version);
  // A version nobody can read is taken for a new one: a filter it lacks is refused loudly, a missing page is not.
  return (minimum) => numbers === null || gte(numbers, minimum);
}
