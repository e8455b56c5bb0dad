import { describe, expect, it } from "vitest";
import { createRedactor, redactFields } from "../../../src/adapter/redaction.ts";

const CANARY = 'c4n/ry "42"+';

function knowing(...secrets: readonly string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.remember(secret);
  return redactor;
}

describe("a redactor", () => {
  it.each([
    CANARY,
    encodeURIComponent(CANARY),
    JSON.stringify({ a: CANARY }),
    Buffer.from(CANARY).toString("base64"),
    Buffer.from(CANARY).toString("base64url"),
  ])("hides a secret that travels as %s", (form) => {
    const text = knowing(CANARY).redact(`before ${form} after`);
    expect(text).toMatch(/^before .*\[redacted\].* after$/);
    expect(text).not.toContain("42");
  });

  it("leaves no half of a longer secret", () => {
    expect(knowing("abcd", "abcdefgh").redact("x abcdefgh y")).toBe("x [redacted] y");
  });

  it("does not blacken words for a secret of three letters", () => {
    expect(knowing("the").redact("the job")).toBe("the job");
  });

  it.each([
    "Authorization: Bearer abcdef123456",
    "authorization: Basic dXNlcjpwYXNz",
    '{"access_token":"abcdef"}',
    "password=abcdef&x=1",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abcdef",
    "https://user:abcdef@host/",
  ])("hides what looks like one in %s", (text) => {
    expect(createRedactor().redact(text)).toContain("[redacted]");
    expect(createRedactor().redact(text)).not.toMatch(/abcdef|dXNlcjpwYXNz/);
  });

  it("leaves ordinary sentences alone", () => {
    const sentence = "DAG load_ledger is paused; next run at 02:00 (secretary, tokenless, basic needs)";
    expect(createRedactor().redact(sentence)).toBe(sentence);
  });

  it("remembers a bounded number of tokens, the newest first", () => {
    const redactor = knowing(...Array.from({ length: 2_000 }, (_, at) => `token-number-${at}`));
    expect(redactor.redact("token-number-1999")).toBe("[redacted]");
    expect(redactor.redact("token-number-0")).toBe("token-number-0");
  });

  it("reaches into fields, errors and their causes", () => {
    const error = new Error(`bad ${CANARY}`, { cause: new Error(`worse ${CANARY}`) });
    const printed = JSON.stringify(redactFields({ error, list: [{ deep: CANARY }], n: 1 }, knowing(CANARY)));
    expect(printed).not.toContain("42");
    expect(printed).toContain("worse [redacted]");
    expect(printed).toContain('"n":1');
  });
});
