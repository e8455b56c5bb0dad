import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/model/json.ts";
import { sampleOf } from "../../../src/store/sync/sample.ts";
import { storableJob, storableRun } from "../../../src/store/sync/storable.ts";
import { aJob, aRun, after } from "../../integration/sync/given.ts";

function nested(levels: number): Json {
  let json: Json = 1;
  for (let level = 0; level < levels; level += 1) json = [json];
  return json;
}

describe("a storable run", () => {
  it("is the very same where nothing is wrong", () => {
    const run = aRun({ parameters: { a: [1, "é😀", null, true] } });
    expect(storableRun(run)).toEqual({ row: run, flaw: null });
    expect(storableRun(run).row).toBe(run);
  });

  it("leaves out parameters too deep to print", () => {
    const { row, flaw } = storableRun(aRun({ parameters: nested(100_000) }));
    expect(flaw).toMatch("nested deeper than 64");
    expect(row?.parameters).toEqual({ leftOut: "are nested deeper than 64 levels" });
  });

  it("finds NUL in a key and in what it says of itself", () => {
    expect(storableRun(aRun({ parameters: { "a\0": 1 } })).flaw).toMatch("NUL");
    expect(storableRun(aRun({ cause: { kind: "manual", by: "a\0", key: null } })).flaw).toMatch("cause");
    expect(storableJob(aJob("x", { tags: ["\udc00"] })).flaw).toMatch("surrogate");
  });

  it("drops the end of an open run", () => {
    expect(storableRun(aRun({ state: "running", endedAt: after(1) })).row?.endedAt).toBeNull();
    expect(storableRun(aRun({ state: "failed", endedAt: after(1) })).row?.endedAt).toEqual(after(1));
  });

  it("cuts long texts and never through a character", () => {
    const message = "😀".repeat(20_000);
    const { row } = storableRun(aRun({ state: "failed", error: { kind: "failed", message } }));
    expect(row?.error?.message.length).toBeLessThanOrEqual(16_384);
    expect(row?.error?.message).not.toMatch(/\p{Surrogate}/u);
  });

  it("refuses a state that is none of ours", () => {
    expect(storableRun(aRun({ state: "success" as "succeeded" })).row).toBeNull();
  });

  it("lets any JSON of a reasonable size pass", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: "grapheme" }), (json) => {
        const text = JSON.stringify(json);
        fc.pre(!text.includes("\\u0000") && !/\\ud[89a-f]/i.test(text));
        expect(storableRun(aRun({ parameters: json as Json })).flaw).toBeNull();
      }),
    );
  });
});

describe("a sample", () => {
  it("is short and tells no secret", () => {
    const row = { conf: { db_password: "hunter2", apiKey: "k", deep: { token: "t" } }, blob: "x".repeat(1e6) };
    const text = sampleOf(row);
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(text).not.toMatch(/hunter2|"k"|"t"/);
    expect(text).toMatch("redacted");
  });

  it("survives what JSON does not", () => {
    const loop: Record<string, unknown> = { at: new Date(Number.NaN), big: 1n };
    loop["self"] = loop;
    expect(sampleOf(loop)).toMatch("no time");
    expect(sampleOf(undefined)).toBe("");
  });
});
