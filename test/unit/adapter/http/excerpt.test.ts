import { describe, expect, it } from "vitest";
import { excerptOf } from "../../../../src/adapter/http/excerpt.ts";

const excerpt = (text: string, redact = (line: string) => line) => excerptOf(Buffer.from(text), redact);

describe("excerptOf", () => {
  it.each([
    ['{"detail":"DAG is paused","title":"Conflict"}', "DAG is paused"],
    ['{"detail":[{"loc":["body","conf"],"msg":"no object"}]}', "body.conf: no object"],
    ['{"error":"invalid_grant","error_description":"key expired"}', "key expired"],
    ['{"kind":"Status","message":"pods is forbidden"}', "pods is forbidden"],
    ['{"errors":[{"message":"a"},{"message":"b"}]}', "a; b"],
    ["<!doctype html><html><head><title>Sign in</title>", "Sign in"],
    ["<html><body>x", "an HTML page"],
    ["plain words", "plain words"],
  ])("finds the sentence in %s", (body, expected) => {
    expect(excerpt(body)).toBe(expected);
  });

  it("is nothing for nothing", () => {
    expect(excerpt(" \n")).toBeNull();
  });

  it("is one short line without control characters", () => {
    const line = excerpt(`\u001b[2Jgone\n\u202e${"x".repeat(5_000)}`);
    expect(line).toMatch(/^\[2Jgone x+…$/);
    expect(line?.length).toBe(300);
  });

  it("is redacted before it is cut", () => {
    const line = excerpt(`${"x".repeat(295)}canary-secret`, (text) => text.replaceAll("canary-secret", "[redacted]"));
    expect(line).not.toMatch("cana");
  });
});
