/** In what the two APIs differ, seen from the server: rows, parameters and refusals. */
import type { Api } from "../dialect.ts";
import type { DagRow, RunRow } from "./rows.ts";

export interface Tongue {
  readonly api: Api;
  readonly base: string;
  readonly usualLimit: number;
  /** 3.x takes a missing start or end for now, in GET lists; 2.x leaves such rows out. */
  readonly missingTimeIsNow: boolean;
  readonly runOrders: readonly string[];
  readonly states: readonly string[];
  /** The parameters of a list, where one it does not know is an error; null where it is ignored. */
  parameters(list: List): ReadonlySet<string> | null;
  /** Several values of one parameter: `a,b` in 2.x, repeated in both. */
  values(given: string | readonly string[]): readonly string[];
  dag(dag: DagRow, now: number): object;
  run(run: RunRow, dag: DagRow | null): object;
  refuse(status: number, detail: string): Refusal;
  /** A parameter or a field that cannot be what it is. */
  invalid(where: readonly string[], message: string): Refusal;
  /** What the database says to a second run with this id, or with this date. */
  duplicate(reason: "id" | "date", run: RunRow): Refusal;
}

export type List =
  | "dags"
  | "dagRuns"
  | "taskInstances"
  | "importErrors"
  | "dagStats"
  | "xcomEntries"
  | "xcomEntry"
  | "assets"
  | "decisions";

/** An answer that is no success. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: object | string;
  readonly contentType: string;

  constructor(status: number, body: object | string, contentType = "application/json") {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
    this.contentType = contentType;
  }
}
