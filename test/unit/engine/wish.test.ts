import { describe, expect, it } from "vitest";
import {
  checkKey,
  checkParameters,
  classOf,
  digestOf,
  type JobWithSource,
  refuseUnable,
} from "../../../src/engine/wish.ts";
import { aJob, aSource } from "../../support/fake-reader.ts";

const job = (change: object = {}, source: object = {}) =>
  ({ ...aJob(change), source: aSource({ capabilities: ["start", "find"], ...source }) }) as JobWithSource;

describe("a key", () => {
  it.each(["nightly-2026-11-21", "a", "x.y:z~1_2", "A".repeat(120)])("is carried as it is: %s", (key) => {
    expect(checkKey(key)).toBe(key);
  });

  it.each(["", "-a", "a b", "a/b", "a..b", "é", "a\n", "A".repeat(121)])("is refused by its letters: %j", (key) => {
    expect(() => checkKey(key)).toThrow("cannot be carried by every tool");
  });
});

describe("parameters", () => {
  it("have names", () => {
    expect(checkParameters({ date: "2026-11-21" })).toEqual({ date: "2026-11-21" });
    expect(() => checkParameters(["2026-11-21"])).toThrow("parameters have names");
    expect(() => checkParameters("x")).toThrow("parameters have names");
    expect(() => checkParameters({ a: "\0" })).toThrow("NUL");
  });

  it("are the same in any order", () => {
    expect(digestOf({ a: 1, b: { c: 2, d: [3] } })).toEqual(digestOf({ b: { d: [3], c: 2 }, a: 1 }));
    expect(digestOf({ a: 1 })).not.toEqual(digestOf({ a: "1" }));
  });
});

describe("a job", () => {
  it("is asked for nothing it cannot do, and the words say who cannot", () => {
    expect(() => refuseUnable(job(), "start")).not.toThrow();
    expect(() => refuseUnable(job(), "cancel")).toThrow("airflow-prod/load_ledger cannot cancel");
    expect(() => refuseUnable(job({ capabilities: ["cancel"] }), "start")).toThrow("cannot start");
    expect(() => refuseUnable(job({ goneAt: "2026-11-21T00:00:00Z" }), "start")).toThrow("is gone");
  });

  it("is blind when its source cannot search", () => {
    expect(classOf(job({ handOff: "marked" }))).toBe("marked");
    expect(classOf(job({ handOff: "keyed" }, { capabilities: ["start"] }))).toBe("blind");
  });
});
