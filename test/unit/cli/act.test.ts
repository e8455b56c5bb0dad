import { describe, expect, it } from "vitest";
import type { Input } from "../../../src/cli/command.ts";
import { addedTo } from "../../../src/cli/logs.ts";
import { readParams } from "../../../src/cli/start.ts";

const input = (options: Input["options"]): Input => ({ args: ["one/job"], options });

describe("parameters", () => {
  it("are JSON where they read as JSON, else texts", () => {
    const param = ["date=2026-11-21", "count=3", "deep=true", 'list=["a"]', "note=a=b", "none="];
    expect(readParams(input({ param }))).toEqual({
      date: "2026-11-21",
      count: 3,
      deep: true,
      list: ["a"],
      note: "a=b",
      none: "",
    });
  });

  it("may come whole, and be overruled one by one", () => {
    expect(readParams(input({ params: '{"a": 1, "b": 2}', param: ["b=3"] }))).toEqual({ a: 1, b: 3 });
    expect(readParams(input({}))).toBeUndefined();
  });

  it.each([{ params: "[1]" }, { params: "{a" }, { param: ["nothing"] }, { param: ["=x"] }])(
    "are refused as %j",
    (options) => {
      expect(() => readParams(input(options))).toThrow(/--params?:/);
    },
  );
});

describe("a log that is followed", () => {
  it("prints what was added, and nothing twice", () => {
    expect(addedTo("one\n", "one\ntwo\n")).toBe("two\n");
    expect(addedTo("one\n", "one\n")).toBe("");
    expect(addedTo("", "one\n")).toBe("one\n");
  });

  it("knows its place when the front was cut off", () => {
    expect(addedTo("one\ntwo\n", "two\nthree\n")).toBe("two\nthree\n");
    const long = Array.from({ length: 500 }, (_, at) => `line ${at}\n`).join("");
    expect(addedTo(long, `${long.slice(100)}line 500\n`)).toBe("line 500\n");
  });
});
