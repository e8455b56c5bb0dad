/** Reads listings to their end, and looks at what came. */
import assert from "node:assert/strict";
import type { ForeignRun, ForeignRunRef } from "../../model/foreign.ts";
import { isAbort } from "../abort.ts";
import type { Page, RejectedRow, Remote } from "../contract.ts";
import { RemoteError } from "../remote-error.ts";
import { status, truncated } from "./interference.ts";
import type { Stage } from "./stage.ts";

export interface Listing<T> {
  readonly items: readonly T[];
  readonly rejected: readonly RejectedRow[];
  readonly pages: readonly Page<T>[];
  /** The earliest moment of the pass: whatever changed after it belongs to the next one. */
  readonly readAt: Date;
}

export async function readAll<T>(listing: AsyncIterable<Page<T>>): Promise<Listing<T>> {
  const pages: Page<T>[] = [];
  for await (const page of listing) pages.push(page);
  return {
    items: pages.flatMap(({ items }) => items),
    rejected: pages.flatMap(({ rejected }) => rejected),
    pages,
    readAt: new Date(Math.min(...pages.map(({ readAt }) => readAt.getTime()))),
  };
}

export function keyOf({ jobId, runId }: ForeignRunRef): string {
  return `${jobId}/${runId}`;
}

export function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

/** The last that was said of each run. */
export function lastSightings(runs: readonly ForeignRun[]): ReadonlyMap<string, ForeignRun> {
  return new Map(runs.map((run) => [keyOf(run), run]));
}

export async function faultOf(work: () => Promise<unknown>): Promise<RemoteError> {
  const error = await failureOf(work);
  assert.ok(error instanceof RemoteError, `expected a RemoteError, got ${String(error)}`);
  return error;
}

export async function abortOf(work: () => Promise<unknown>): Promise<Error> {
  const error = await failureOf(work);
  assert.ok(isAbort(error), `expected an AbortError, got ${String(error)}`);
  return error;
}

export async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  const outcome = await work().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  assert.ok(outcome, "expected a failure, got an answer");
  return outcome.error;
}

/**
 * Breaks a listing at each of its requests in turn. Wherever it breaks, it must throw or be complete all the same;
 * half a list without a word would be read as deletion.
 */
export async function neverCut(
  stage: Stage,
  list: (remote: Remote) => Promise<readonly string[]>,
  expected: readonly string[],
): Promise<void> {
  const { proxy, connect } = stage;
  const before = proxy.seen.length;
  assert.deepEqual(sorted(await list(connect())), sorted(expected));
  const requests = proxy.seen.length - before;
  assert.ok(requests > 1, "the listing must take several requests");

  for (const fault of [status(500), status(404), truncated]) {
    for (let broken = 1; broken <= requests; broken += 1) {
      proxy.interfere(fault, (nth) => nth >= broken);
      const ids = await list(connect()).catch((error: unknown) => {
        assert.ok(error instanceof RemoteError, `expected a RemoteError, got ${String(error)}`);
        return null;
      });
      proxy.mend();
      if (ids) assert.deepEqual(sorted(ids), sorted(expected), `broken at request ${broken} of ${requests}`);
    }
  }
}
