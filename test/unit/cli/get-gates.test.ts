import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import type { Client } from "../../../src/cli/client.ts";
import type { Input } from "../../../src/cli/command.ts";
import { dependencies } from "../../../src/cli/get-dependencies.ts";
import { gates } from "../../../src/cli/get-gates.ts";
import { printList } from "../../../src/cli/output.ts";

const now = new Date("2026-03-02T10:00:00Z");
const schema = buildSchema(readFileSync(join(import.meta.dirname, "../../../schemas/schema.graphql"), "utf8"));

/** A client that answers as told, and takes only questions that the API takes. */
function clientOf(answer: (variables: Readonly<Record<string, unknown>>) => unknown) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const client: Client = {
    query<Data>(document: string, variables: object = {}) {
      expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
      asked.push(variables as Record<string, unknown>);
      return Promise.resolve({ found: answer(variables as Record<string, unknown>) } as Data);
    },
  };
  return { client, asked };
}

const question = (options: Input["options"] = {}, limit = 50) => ({ input: { args: [], options }, now, limit });

const gate = {
  id: "gate-1",
  title: "Deploy to production?",
  choices: ["Proceed", "Abort"],
  asked: ["ops", "ada"],
  waiting: true,
  openedAt: "2026-03-02T09:48:00Z",
  url: "http://jenkins.test/job/deploy/7/input",
  source: { name: "jenkins-core" },
  job: { ref: "jenkins-core/deploy" },
  run: { externalId: "7" },
};

describe("tutti get gates", () => {
  it("prints who is waited for, where, and since when", async () => {
    const page = { edges: [{ node: gate }], pageInfo: { hasNextPage: false, endCursor: null } };
    const { client, asked } = clientOf(() => page);
    const { rows } = await gates.list(client, question({ source: ["jenkins-core"] }));
    expect(asked[0]).toMatchObject({ filter: { source: ["jenkins-core"] }, first: 50 });
    const table = await printList("table", gates.listing(now), rows, null);
    expect(table.split("\n")[1]?.split(/ {2,}/)).toEqual([
      "jenkins-core/deploy",
      "7",
      "Deploy to production?",
      "ops,ada",
      "12m",
      "http://jenkins.test/job/deploy/7/input",
    ]);
  });

  it("does not take a run for a gate", async () => {
    const { client } = clientOf(() => ({}));
    expect(await gates.find(client, "a-run")).toBeNull();
  });
});

describe("tutti get dependencies", () => {
  const edge = (upstreamRef: string, downstreamRef: string, data: string | null = null) => ({
    kind: data ? "DATA" : "JOB",
    data,
    upstreamRef,
    downstreamRef,
    inferred: false,
  });

  it("prints an edge between two jobs once", async () => {
    const { client, asked } = clientOf(({ job }) => [edge("a/x", "b/y", "s3://d"), edge(String(job), "c/z")]);
    const { rows, hasMore } = await dependencies.list(client, question({ job: ["a/x", "b/y"] }));
    expect(asked).toEqual([{ job: "a/x" }, { job: "b/y" }]);
    expect(hasMore).toBe(false);
    expect(await printList("name", dependencies.listing(now), rows, null)).toBe(
      "a/x -> b/y (s3://d)\na/x -> c/z\nb/y -> c/z\n",
    );
  });

  it("asks for all of them, and cuts at the limit", async () => {
    const { client, asked } = clientOf(() => [edge("a/x", "b/y"), edge("b/y", "c/z")]);
    expect(await dependencies.list(client, question({}, 1))).toMatchObject({ rows: [{}], hasMore: true });
    expect(asked).toEqual([{ job: null }]);
  });

  it("has no names to look for", async () => {
    const { client } = clientOf(() => []);
    expect(() => dependencies.find(client, "a")).toThrow("--job");
  });
});
