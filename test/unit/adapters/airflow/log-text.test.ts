import { describe, expect, it } from "vitest";
import { readLogText } from "../../../../adapters/airflow/log-text.ts";

const NDJSON = "application/x-ndjson";
const JSON_TYPE = "application/json";

const events = [
  { event: "::group::Log message source details", sources: ["/logs/1.log"] },
  { event: "::endgroup::" },
  { timestamp: "2026-11-21T03:00:00Z", level: "info", event: "began" },
  { timestamp: null, event: "no time" },
  {
    timestamp: "2026-11-21T03:00:01Z",
    level: "error",
    event: "Task failed",
    error_detail: [{ exc_type: "ValueError", exc_value: "the ledger is locked" }],
  },
];
const TEXT =
  "2026-11-21T03:00:00Z INFO began\nno time\n2026-11-21T03:00:01Z ERROR Task failed (ValueError: the ledger is locked)";

describe("the log of a task", () => {
  it("is read from lines of JSON", () => {
    expect(readLogText(events.map((event) => `${JSON.stringify(event)}\n`).join(""), NDJSON, false)).toBe(TEXT);
  });

  it("is read from one JSON, of events or of texts", () => {
    expect(readLogText(JSON.stringify({ content: events, continuation_token: null }), JSON_TYPE, false)).toBe(TEXT);
    expect(readLogText(JSON.stringify({ content: ["one", "two"] }), JSON_TYPE, false)).toBe("one\ntwo");
    expect(readLogText(JSON.stringify({ content: "plain" }), JSON_TYPE, false)).toBe("plain");
  });

  it("is read from what Python prints of a list", () => {
    const content = String.raw`[('worker-1', "it's\n50\xb0"), ('worker-2', 'two\'s\ttab')]`;
    expect(readLogText(JSON.stringify({ content }), JSON_TYPE, false)).toBe("it's\n50°\ntwo's\ttab");
  });

  it("is read from lines that hold a content each", () => {
    expect(
      readLogText(`${JSON.stringify({ content: "one" })}\n${JSON.stringify({ content: ["two"] })}\n`, NDJSON, false),
    ).toBe("one\ntwo");
  });

  it("stays text where it is text", () => {
    expect(readLogText('{"content":"quoted by a task"}', "text/plain; charset=utf-8", false)).toBe(
      '{"content":"quoted by a task"}',
    );
  });

  it("loses half a line that was cut, and no other", () => {
    expect(readLogText('"event":"half"}\n{"event":"whole"}\n', NDJSON, true)).toBe("whole");
  });

  it("shows a line that nobody can read as it is", () => {
    expect(readLogText("not json\n42\n", NDJSON, false)).toBe("not json");
  });
});
