import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { listenerOf, listenNear } from "../../../src/boot/listen.ts";
import type { Terminal } from "../../../src/cli/command.ts";
import { commands } from "../../../src/cli/commands.ts";
import { CommandError } from "../../../src/cli/exit.ts";
import { runProgram } from "../../../src/cli/program.ts";

const now = new Date("2026-03-02T10:00:00Z");

const run = (id: number, state = "SUCCEEDED") => ({
  id: `run-${id}`,
  job: { ref: "airflow-prod/load_ledger" },
  externalId: `scheduled__${id}`,
  state,
  nativeState: "success",
  attempt: 1,
  cause: { kind: "SCHEDULE", by: null },
  queuedAt: null,
  startedAt: "2026-03-02T09:48:00Z",
  durationMs: 61_000,
  url: null,
  error: state === "FAILED" ? { message: "exit 1\nat line 2" } : null,
  stale: id === 2,
});

interface Asked {
  readonly query: string;
  readonly variables: {
    readonly filter?: object;
    readonly first?: number;
    readonly after?: string | null;
    readonly name?: string;
  };
  readonly authorization: string | undefined;
}

type Answer = (asked: Asked) => { readonly status?: number; readonly body: unknown };

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Each test its own port: the client keeps connections alive, and must not meet the server of the test before. */
let nextPort = 23_400;

/** An API that answers as told and remembers what it was asked. */
async function api(answer: Answer) {
  const asked: Asked[] = [];
  async function reply(request: IncomingMessage, response: ServerResponse) {
    const question = { ...(JSON.parse(await text(request)) as Asked), authorization: request.headers.authorization };
    asked.push(question);
    const { status = 200, body } = answer(question);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
  const server = createServer((request, response) => void reply(request, response));
  const port = await listenNear(listenerOf(server), { host: "127.0.0.1", port: nextPort });
  nextPort = port + 2;
  open.push(() => server.close());
  return { asked, url: `http://127.0.0.1:${port}` };
}

async function tutti(words: readonly string[], environment: Record<string, string>) {
  let [out, note] = ["", ""];
  const terminal: Terminal = {
    environment,
    now,
    width: null,
    out: (text) => void (out += text),
    note: (text) => void (note += text),
  };
  const code = await runProgram(commands, words, terminal, "0.0.0").catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    note += error.message;
    return error.exitCode;
  });
  return { code, out, note };
}

const connection = (nodes: readonly object[], endCursor: string | null = null) => ({
  data: { found: { edges: nodes.map((node) => ({ node })), pageInfo: { hasNextPage: endCursor !== null, endCursor } } },
});

describe("tutti get", () => {
  it("prints runs as a table that grep can read", async () => {
    const { url } = await api(() => ({ body: connection([run(1), run(2, "FAILED")]) }));
    const { code, out } = await tutti(["get", "runs"], { TUTTI_URL: url });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "JOB                        RUN            STATE       STARTED   DURATION   ERROR",
        "airflow-prod/load_ledger   scheduled__1   succeeded   12m       1m 1s      -",
        "airflow-prod/load_ledger   scheduled__2   failed?     12m       1m 1s      exit 1",
        "",
      ].join("\n"),
    );
  });

  it("turns its flags into a filter for the server", async () => {
    const { url, asked } = await api(() => ({ body: connection([]) }));
    const flags = ["--source", "a,b", "--source", "c", "--state", "failed", "--since", "24h", "--text", "ledger"];
    const { note } = await tutti(["get", "runs", ...flags, "--limit", "7"], { TUTTI_URL: url, TUTTI_TOKEN: "t" });
    expect(asked[0]?.variables).toEqual({
      filter: { source: ["a", "b", "c"], state: ["FAILED"], startedAfter: "2026-03-01T10:00:00.000Z", text: "ledger" },
      first: 7,
      after: null,
    });
    expect(asked[0]?.authorization).toBe("Bearer t");
    expect(note).toBe("no run matches\n");
  });

  it("follows the cursors when all are wanted", async () => {
    const { url, asked } = await api(({ variables: { after } }) => ({
      body: after === null ? connection([run(1)], "c1") : connection([run(2)]),
    }));
    const { out } = await tutti(["get", "runs", "--all", "-o", "name"], { TUTTI_URL: url });
    expect(out).toBe("run-1\nrun-2\n");
    expect(asked.map(({ variables }) => variables.first)).toEqual([500, 500]);
  });

  it("says that the limit hid some", async () => {
    const { url } = await api(() => ({ body: connection([run(1)], "c1") }));
    const { note } = await tutti(["get", "runs", "--limit", "1"], { TUTTI_URL: url });
    expect(note).toMatch("there are more");
  });

  it.each(["json", "yaml", "jsonl"])("keeps every field in %s", async (form) => {
    const { url } = await api(() => ({ body: connection([run(1)]) }));
    const { out } = await tutti(["get", "runs", "-o", form], { TUTTI_URL: url });
    expect(out).toMatch("nativeState");
    if (form === "json") expect(JSON.parse(out)).toEqual([run(1)]);
    if (form === "jsonl")
      expect(
        out
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ).toEqual([run(1)]);
  });

  it("takes names, and ends with 3 when there is none such", async () => {
    const { url } = await api(() => ({ body: { data: { found: null } } }));
    const { code, note } = await tutti(["get", "job", "a/b"], { TUTTI_URL: url });
    expect(code).toBe(3);
    expect(note).toBe("there is no job a/b");
  });
});

describe("tutti", () => {
  it.each([
    [["get", "things"], "Allowed choices are sources, jobs, runs"],
    [["get", "runs", "--state", "faild"], 'did you mean "failed"?'],
    [["get", "runs", "--since", "yesterday"], "is no duration"],
    [["get", "runs", "--limit", "0"], "expected a whole number"],
    [["gte"], "Did you mean get?"],
    [["get", "runs", "--sorce", "a"], "Did you mean --source?"],
  ])("ends with 2 for %j", async (words, message) => {
    const { code, note } = await tutti(words, { TUTTI_URL: "http://127.0.0.1:1" });
    expect(note).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([
    [401, { errors: [{ message: "who?" }] }, 4],
    [200, { errors: [{ message: "no", extensions: { code: "NOT_ALLOWED" } }] }, 4],
    [200, { errors: [{ message: "gone", extensions: { code: "NOT_FOUND" } }] }, 3],
    [400, { errors: [{ message: "bad", extensions: { code: "INVALID" } }] }, 2],
    [200, { errors: [{ message: "down", extensions: { code: "SOURCE_UNREACHABLE" } }] }, 6],
    [500, { errors: [{ message: "oops", extensions: { code: "INTERNAL" } }] }, 1],
    [200, "<html>", 1],
  ])("ends as the API's %d with %j says", async (status, body, code) => {
    const { url } = await api(() => ({ status, body }));
    expect((await tutti(["get", "sources"], { TUTTI_URL: url })).code).toBe(code);
  });

  it("says what to do when nobody answers", async () => {
    const { code, note } = await tutti(["get", "sources"], { TUTTI_URL: "http://127.0.0.1:1" });
    expect(code).toBe(1);
    expect(note).toMatch("start it with `tutti up`, or set TUTTI_URL");
  });

  it("prints help and version on the way of data", async () => {
    expect((await tutti(["--version"], {})).out).toBe("0.0.0\n");
    const { code, out } = await tutti(["get", "--help"], {});
    expect(code).toBe(0);
    expect(out.indexOf("Examples:")).toBeLessThan(out.indexOf("Options:"));
  });
});

describe("tutti doctor", () => {
  const check = (subject: string, outcome: string, advice: string | null = null) => ({
    subject,
    outcome,
    detail: "why",
    advice,
  });

  it.each([
    [[check("DNS", "OK"), check("RIGHT", "OK")], 0],
    [[check("DNS", "OK"), check("RIGHT", "FAILED", "give it")], 1],
    [[check("TCP", "FAILED", "start it"), check("AUTH", "UNKNOWN")], 6],
  ])("ends as its checks say", async (checks, expected) => {
    const { url, asked } = await api(() => ({ body: { data: { checks } } }));
    const { code, out } = await tutti(["doctor", "airflow-prod"], { TUTTI_URL: url });
    expect(code).toBe(expected);
    expect(asked[0]?.variables.name).toBe("airflow-prod");
    expect(out.split("\n")[0]).toBe("OUTCOME   CHECK   DETAIL");
  });

  it("tells what to do about each failure", async () => {
    const { url } = await api(() => ({ body: { data: { checks: [check("RIGHT", "FAILED", "give it")] } } }));
    expect((await tutti(["doctor", "a"], { TUTTI_URL: url })).note).toBe("right: why: give it\n");
  });
});
