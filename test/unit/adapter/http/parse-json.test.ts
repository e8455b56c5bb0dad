import { describe, expect, it } from "vitest";
import { parseJson } from "../../../../src/adapter/http/parse-json.ts";

const parse = (text: string) => parseJson(Buffer.from(text));

describe("parseJson", () => {
  it("drops __proto__ wherever it stands", () => {
    const value = parse('{"a":[{"__proto__":{"admin":true},"b":1}],"__proto__":1}') as { a: object[] };
    expect(value).toEqual({ a: [{ b: 1 }] });
    expect(Object.hasOwn(value.a[0] ?? {}, "__proto__")).toBe(false);
    expect(Object.assign({}, value.a[0])).not.toHaveProperty("admin");
  });

  it("drops it in escaped spelling too", () => {
    expect(Object.keys(parse('{"\\u005f_proto__":{"x":1}}') as object)).toEqual([]);
  });

  it("drops a constructor that holds a prototype, and no other", () => {
    expect(parse('{"constructor":{"prototype":{"x":1}},"b":{"constructor":"ACME"}}')).toEqual({
      b: { constructor: "ACME" },
    });
  });

  it("tolerates a byte order mark", () => {
    expect(parse("\ufeff[1]")).toEqual([1]);
  });

  it("refuses what is no UTF-8", () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow("it is not UTF-8");
  });

  it("refuses what could not be written again", () => {
    expect(() => parse("[".repeat(6_000) + "]".repeat(6_000))).toThrow(/nested deeper/);
  });

  it("names NaN, which Python writes", () => {
    expect(() => parse('{"a": NaN}')).toThrow("it holds NaN, which JSON cannot say");
  });

  it("leaves a number too large to the row's own check", () => {
    expect(parse("[1e400]")).toEqual([Infinity]);
  });

  it("does not quote what it could not read", () => {
    expect(() => parse('{"token": "geheim", oops}')).toThrow(/^it is not JSON$/);
  });

  it("keeps lone surrogates and NUL for the store to judge", () => {
    expect(parse('["\\ud800", "\\u0000"]')).toEqual(["\ud800", "\0"]);
  });
});
