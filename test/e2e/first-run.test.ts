import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Home, isAlive, newHome, postgresOf, type Up } from "./process.ts";

interface Sources {
  readonly sources: readonly {
    readonly name: string;
    readonly reachable: boolean | null;
    readonly backfill: { readonly done: boolean } | null;
  }[];
}

interface Runs {
  readonly runs: {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly externalId: string; readonly goneAtSource: string | null };
    }[];
  };
}

const OLDEST = "{ runs(first: 200, order: STARTED_ASC) { edges { node { id externalId goneAtSource } } } }";

let home: Home;
let up: Up;

beforeAll(async () => {
  home = await newHome();
  up = await home.up();
});
afterAll(() => home.remove());

async function whenSynced(): Promise<Sources["sources"]> {
  const { sources } = await eventually(async () => {
    const answer = await home.ask<Sources>("{ sources { name reachable backfill { done } } }");
    return answer.sources.length > 0 && answer.sources.every(({ backfill }) => backfill?.done) ? answer : null;
  }, 120_000);
  return sources;
}

describe("a first run", () => {
  it("prints where to go and how to get in", () => {
    expect(up.out).toMatch(`console   http://${home.environment.TUTTI_LISTEN}`);
    expect(up.out).toMatch(/sign in {3}http:\/\/127\.0\.0\.1:\d+\/sign-in\/tutti_in_[\w-]{43}\n/);
  });

  it("shows the admin's token, and keeps it from others", () => {
    const path = join(home.environment.TUTTI_DATA ?? "", "admin.token");
    const token = readFileSync(path, "utf8").trim();
    expect(token).toMatch(/^tutti_[\w-]{43}$/);
    expect(up.out).toContain(token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("lets nobody in without a token", async () => {
    const response = await fetch(`http://${home.environment.TUTTI_LISTEN}/graphql?query={whoami{name}}`);
    expect(response.status).toBe(401);
  });

  it("lets a person in by the link, once", async () => {
    const link = /http:\S+\/sign-in\/\S+/.exec(up.out)?.[0] ?? "";
    const first = await fetch(link, { redirect: "manual" });
    expect([first.status, first.headers.get("set-cookie")]).toEqual([303, expect.stringMatching(/HttpOnly/)]);
    expect((await fetch(link, { redirect: "manual" })).status).toBe(401);
  });

  it("is watched on an address of its own", async () => {
    const response = await fetch(`http://${home.environment.TUTTI_METRICS_LISTEN}/metrics`);
    expect(await response.text()).toMatch(/^tutti_build_info\{version="\d+\.\d+\.\d+"\} 1$/m);
  });
});

describe("the demo fleet", () => {
  it("is read to the end, every source of it", async () => {
    const sources = await whenSynced();
    expect(sources.map(({ name }) => name)).toEqual(["airflow-legacy", "airflow-prod", "jenkins-core", "k8s-prod"]);
    const { runs } = await home.ask<Runs>(OLDEST);
    expect(runs.edges).toHaveLength(200);
  });

  it("is listed by the command line, without being told where", async () => {
    const jobs = await home.run(["get", "jobs", "--all"]);
    expect(jobs.code).toBe(0);
    expect(jobs.out.split("\n")[0]).toMatch(/^JOB +SCHEDULE +STATE +LAST RUN +NEXT +OWNER$/);
    expect(jobs.out.trim().split("\n").length).toBeGreaterThan(40);
    const failed = await home.run(["get", "runs", "--state", "failed", "-o", "json", "--limit", "5"]);
    expect((JSON.parse(failed.out) as { state: string }[]).map(({ state }) => state)).toEqual(Array(5).fill("FAILED"));
    const sources = await home.run(["get", "sources"]);
    expect(sources.out).toMatch(/^airflow-prod +airflow +reachable +3\.1\.\d+ +\d+s +-$/m);
  });

  it("begins new runs while one watches", async () => {
    const newest = "{ runs(first: 1) { edges { node { id externalId goneAtSource } } } }";
    const { runs } = await home.ask<Runs>(newest);
    const before = runs.edges[0]?.node.id;
    await eventually(async () => (await home.ask<Runs>(newest)).runs.edges[0]?.node.id !== before, 60_000);
  });

  it("is examined without complaint", async () => {
    const { code, out } = await home.run(["doctor", "airflow-prod"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^ok +version +3\.1/m)]);
  });
});

describe("tutti up", () => {
  it("is refused a second time on the same folder", async () => {
    const { code, note } = await home.run(["up"]);
    expect(code).toBe(2);
    expect(note).toMatch(`is in use by another Tutti (process ${up.pid})`);
  });

  it("goes on after everything was killed", async () => {
    const { runs: before } = await home.ask<Runs>(OLDEST);
    const postgres = postgresOf(home) ?? 0;
    up.signal("SIGKILL");
    process.kill(postgres, "SIGKILL");
    await up.ended;
    up = await home.up();
    expect(up.out).not.toMatch(/shown this once/);
    await whenSynced();
    const { runs: after } = await home.ask<Runs>(OLDEST);
    expect(after).toEqual(before);
    expect(after.edges.every(({ node }) => node.goneAtSource === null)).toBe(true);
  });

  it("stops within seconds, and leaves no PostgreSQL behind", async () => {
    const postgres = postgresOf(home) ?? 0;
    expect(isAlive(postgres)).toBe(true);
    const askedAt = performance.now();
    up.signal("SIGTERM");
    const { code } = await up.ended;
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    expect(code).toBe(0);
    expect(isAlive(postgres)).toBe(false);
  });
});
