import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/lib/input-error.ts";
import { parseReference, printReference } from "../../../src/model/reference.ts";

const source = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** What tools and people put into names, and what nobody expects there. */
const awkward = fc.constantFrom(
  "/",
  "//",
  " ",
  "%",
  "%41",
  "%zz",
  "%%",
  "%E2%82",
  "\n",
  "\t",
  "\0",
  "\u202e",
  "\ufeff",
  "é",
  "日本",
  "😀",
  ":",
  "?",
  "#",
  "..",
);
const jobId = fc
  .array(fc.oneof(awkward, fc.string({ unit: "grapheme" })), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter((text) => text !== "" && !/\p{Surrogate}/u.test(text));

describe("a reference", () => {
  it("reads back as it was printed", () => {
    fc.assert(
      fc.property(source, jobId, (source, jobId) => {
        expect(parseReference(printReference({ source, jobId }))).toEqual({ source, jobId });
      }),
      { numRuns: 2_000 },
    );
  });

  it("prints nothing that cannot be seen", () => {
    fc.assert(
      fc.property(jobId, (jobId) => {
        expect(printReference({ source: "s", jobId })).not.toMatch(/[\p{Cc}\u202a-\u202e\ufeff]|^s\/\s|\s$/u);
      }),
    );
  });

  it.each([
    ["airflow-prod/load_ledger", { source: "airflow-prod", jobId: "load_ledger" }],
    ["jenkins/team/nightly build", { source: "jenkins", jobId: "team/nightly build" }],
    ["cron/100%", { source: "cron", jobId: "100%" }],
    ["cron/50%25AB", { source: "cron", jobId: "50%AB" }],
    ["k8s/Übersicht 日本", { source: "k8s", jobId: "Übersicht 日本" }],
  ])("%s stays as people write it", (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
    expect(printReference(reference)).toBe(text);
  });

  it.each(["load_ledger", "Airflow/x", "/x", "a/", "a_b/x", "-a/x", "a/%FF"])("refuses %s", (text) => {
    expect(() => parseReference(text)).toThrow(InputError);
  });
});
