import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/model/change.ts";
import { packChanges, unpackChanges } from "../../../src/store/change-payload.ts";

const ids = fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 900, size: "max" });
const change = fc.record({
  sourceId: fc.integer({ min: 1, max: 2_147_483_647 }),
  runs: fc.oneof(ids, fc.constant("many" as const)),
}) as fc.Arbitrary<Change>;
const changes = fc.array(change, { maxLength: 12 });

/** To shrink lists of thousands takes minutes, and their length is all there is to see. */
const AS_FOUND = { endOnFailure: true, numRuns: 40 };

/** Whether whoever hears `heard` reads this run anew. */
function covers(heard: readonly Change[], sourceId: number, run: number): boolean {
  return heard.some((change) => change.sourceId === sourceId && (change.runs === "many" || change.runs.includes(run)));
}

describe("a payload", () => {
  it("always fits into a notification", () => {
    fc.assert(
      fc.property(changes, (given) => {
        for (const payload of packChanges(given)) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
      }),
      AS_FOUND,
    );
  });

  it("loses no changed run", () => {
    fc.assert(
      fc.property(changes, (given) => {
        const heard = packChanges(given).flatMap(unpackChanges);
        for (const { sourceId, runs } of given) {
          if (runs === "many") expect(heard).toContainEqual({ sourceId, runs: "many" });
          else for (const run of runs.slice(0, 20)) expect(covers(heard, sourceId, run)).toBe(true);
        }
      }),
      AS_FOUND,
    );
  });

  it("is one, for all that happens in practice", () => {
    const fleet = Array.from({ length: 400 }, (_, index) => ({ sourceId: index + 1, runs: [1, 2, 3] }));
    expect(packChanges(fleet)).toHaveLength(1);
    expect(packChanges([])).toEqual([]);
  });

  it("gives up the longest list first", () => {
    const long = { sourceId: 1, runs: Array.from({ length: 3_000 }, (_, index) => index) };
    const short = { sourceId: 2, runs: [5, 6] };
    expect(packChanges([long, short]).flatMap(unpackChanges)).toEqual([{ sourceId: 1, runs: "many" }, short]);
  });

  it("tells a source once", () => {
    const twice = [
      { sourceId: 1, runs: [1, 2] },
      { sourceId: 1, runs: [2, 3] },
    ];
    expect(packChanges(twice).flatMap(unpackChanges)).toEqual([{ sourceId: 1, runs: [1, 2, 3] }]);
  });
});
