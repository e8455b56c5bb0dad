/** The reading half of what an adapter for Airflow must survive, by the numbers of its checklist. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Api } from "../../adapters/airflow/dialect.ts";
import { hang, rewrite, status, text } from "../../src/adapter/conformance/interference.ts";
import { collect, openStage, type Stage, signal } from "./airflow/stage.ts";

const BOTH: readonly Api[] = ["v1", "v2"];
const SECOND = 1_000;

function corpus(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../corpus/airflow", file), "utf8"));
}

function addRuns({ sandbox }: Stage, count: number, state: "running" | "succeeded" = "running"): string[] {
  return Array.from({ length: count }, (_, at) => sandbox.world.addRun({ jobId: "load", runId: `run_${at}`, state }));
}

describe("1. the API", () => {
  const cases = (corpus("client-expectations.json") as { version_detection: { expected: Api }[] }).version_detection;
  const versions: Readonly<Record<Api, string>> = { v1: "2.9.0", v2: "3.0.0" };

  it.each(cases)("is found to be $expected, under a prefix too", async ({ expected: api }) => {
    const stage = await openStage({ api, version: versions[api], prefix: "/team-a/airflow" });
    expect((await stage.remote.probe(signal)).version).toBe(versions[api]);
    const slashed = stage.connect({ url: `${stage.proxy.url}/` });
    stage.sandbox.world.addJob({ id: "load" });
    expect((await collect(slashed.jobs(signal)))[0]?.url).toContain("/team-a/airflow/dags/load");
    expect(stage.asked().every((line) => /^(GET|POST) \/(api\/v[12]|auth)\//.test(line))).toBe(true);
  });

  it("is missing where neither answers, and says what to look at", async () => {
    const stage = await openStage({ prefix: "/airflow" });
    const lost = stage.connect({ url: stage.proxy.url.replace("/airflow", "") });
    await expect(collect(lost.jobs(signal))).rejects.toMatchObject({
      fault: "missing",
      message: expect.stringContaining("with its prefix"),
    });
  });

  it("is not decided by an outage", async () => {
    const stage = await openStage({ api: "v2" });
    stage.proxy.interfere(status(503), (_, { path }) => path.includes("/api/v2/version"));
    await expect(stage.connect().probe(signal)).rejects.toMatchObject({ fault: "busy" });
    expect(stage.asked()).not.toContain("GET /api/v1/version");
  });

  it("is found again when 2.x becomes 3.x under us", async () => {
    const stage = await openStage({ api: "v1", jobs: 3 });
    addRuns(stage, 1);
    await collect(stage.remote.jobs(signal));
    stage.sandbox.upgrade("v2", "3.0.2");
    expect(await collect(stage.remote.jobs(signal))).toHaveLength(4);
    expect((await collect(stage.remote.open(signal)))[0]?.url).toContain("/runs/run_0");
  });

  it("that changes in the middle of a list ends the list, and the next pass reads it", async () => {
    const stage = await openStage({ api: "v1", jobs: 150 });
    const pages = stage.remote.jobs(signal)[Symbol.asyncIterator]();
    await pages.next();
    stage.sandbox.upgrade("v2", "3.0.2");
    await expect(pages.next()).rejects.toMatchObject({ fault: "missing" });
    expect(await collect(stage.remote.jobs(signal))).toHaveLength(150);
  });

  it("that changed is not taken for runs that are gone", async () => {
    const stage = await openStage({ api: "v1" });
    addRuns(stage, 12);
    const refs = Array.from({ length: 12 }, (_, at) => ({ jobId: "load", runId: `run_${at}` }));
    for (const some of [refs.slice(0, 2), refs]) {
      stage.sandbox.upgrade("v1", "2.10.5");
      await stage.remote.probe(signal);
      stage.sandbox.upgrade("v2", "3.0.2");
      expect((await stage.remote.observe(some, signal)).items).toHaveLength(some.length);
    }
  });
});

describe("2. a password", () => {
  it("travels as Basic to 2.x", async () => {
    const stage = await openStage({ api: "v1" });
    await collect(stage.remote.jobs(signal));
    const header = stage.proxy.seen.at(-1)?.headers.authorization ?? "";
    expect(Buffer.from(header.replace("Basic ", ""), "base64").toString()).toBe(
      `tutti:${Object.values(stage.sandbox.secrets)[0]}`,
    );
  });

  it.each(BOTH)("that is wrong is refused once in %s, without a storm", async (api) => {
    const stage = await openStage({ api });
    const names = Object.keys(stage.sandbox.secrets);
    const wrong = stage.connect({ secrets: Object.fromEntries(names.map((name) => [name, "not-the-password"])) });
    await expect(collect(wrong.jobs(signal))).rejects.toMatchObject({ fault: "refused", passing: false, status: 401 });
    const last = api === "v1" ? "GET /api/v1/importErrors" : "POST /auth/token";
    const asked = stage.asked();
    expect(asked.at(-1)).toMatch(last);
    expect(asked).toHaveLength(api === "v1" ? 3 : 2);
  });
});

describe("3. a token", () => {
  const logins = (stage: Stage) => stage.asked().filter((line) => line === "POST /auth/token").length;

  it("is fetched once for 20 parallel calls", async () => {
    const stage = await openStage({ jobs: 1 });
    await Promise.all(Array.from({ length: 20 }, () => collect(stage.remote.jobs(new AbortController().signal))));
    expect(logins(stage)).toBe(1);
  });

  it("is renewed before it ends", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.quirks.tokenLifeMs = 100 * SECOND;
    await collect(stage.remote.jobs(signal));
    stage.advance(81 * SECOND);
    await collect(stage.remote.jobs(signal));
    expect(logins(stage)).toBe(2);
  });

  it("is renewed once on a 401, for all who were refused", async () => {
    const stage = await openStage({ jobs: 1 });
    await collect(stage.remote.jobs(signal));
    stage.sandbox.rotateTokens();
    await Promise.all(Array.from({ length: 10 }, () => collect(stage.remote.jobs(new AbortController().signal))));
    expect(logins(stage)).toBe(2);
  });

  it("that is refused again ends the asking", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.proxy.interfere(status(401), (_, { path }) => path.includes("/dags"));
    await expect(collect(stage.remote.jobs(signal))).rejects.toMatchObject({ fault: "refused", status: 401 });
    const asked = stage.asked();
    expect(asked.filter((line) => line.includes("/api/v2/dags"))).toHaveLength(2);
    expect(asked.filter((line) => line === "POST /auth/token")).toHaveLength(2);
  });

  it("given by hand is sent as it is", async () => {
    for (const api of BOTH) {
      const stage = await openStage({ api, auth: "bearer", jobs: 2 });
      expect(await collect(stage.remote.jobs(signal))).toHaveLength(2);
    }
  });
});

describe("4. the answer to a login", () => {
  it.each([200, 201] as const)("may be %i", async (tokenStatus) => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.quirks.tokenStatus = tokenStatus;
    expect(await collect(stage.remote.jobs(signal))).toHaveLength(1);
  });
});

describe("5. a login page with a 200", () => {
  it.each(BOTH)("is a refusal in %s, wherever it stands", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    for (const place of ["/version", "/dags", "/importErrors"]) {
      stage.proxy.interfere(text("<!doctype html><title>Sign in</title>", "text/html"), (_, { path }) =>
        path.includes(place),
      );
      await expect(collect(stage.connect().jobs(signal))).rejects.toMatchObject({ fault: "refused" });
    }
  });
});

describe("6. a list of DAGs", () => {
  it.each(BOTH)("is read by the rows received when %s caps its pages", async (api) => {
    const stage = await openStage({ api, jobs: 205 });
    stage.sandbox.quirks.largestPage = 40;
    const jobs = await collect(stage.remote.jobs(signal));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(205);
    expect(stage.asked().filter((line) => /\/dags\?/.test(line))).toHaveLength(6);
  });

  it("needs no totals", async () => {
    const stage = await openStage({ jobs: 205 });
    stage.sandbox.quirks.hideTotals = true;
    expect(await collect(stage.remote.jobs(signal))).toHaveLength(205);
    addRuns(stage, 120);
    expect(await collect(stage.remote.open(signal))).toHaveLength(120);
  });

  it("misses none when one is deleted while it is read", async () => {
    const stage = await openStage({ jobs: 250 });
    const ids: string[] = [];
    for await (const page of stage.remote.jobs(signal)) {
      ids.push(...page.items.map(({ id }) => id));
      if (ids.length === 100) stage.sandbox.world.removeJob("job_000");
    }
    for (let at = 1; at < 250; at++) expect(ids).toContain(`job_${String(at).padStart(3, "0")}`);
  });

  it("throws on an unreadable page in the middle", async () => {
    const stage = await openStage({ jobs: 250 });
    stage.proxy.interfere(text("]["), (_, { path }) => path.includes("offset=100"));
    await expect(collect(stage.remote.jobs(signal))).rejects.toMatchObject({ fault: "malformed" });
  });

  it("throws when the time is up, and answers with no DAG less", async () => {
    const stage = await openStage({ jobs: 250 });
    stage.proxy.interfere(hang, (_, { path }) => path.includes("offset=100"));
    const hurried = stage.connect({ limits: { attempts: 1, longestTimeoutMs: 300 } });
    await expect(collect(hurried.jobs(signal))).rejects.toMatchObject({ fault: "unreachable", passing: true });
  });
});

describe("7. a DAG that is no longer parsed", () => {
  it.each(BOTH)("is marked and not dropped in %s", async (api) => {
    const stage = await openStage({ api, jobs: 3 });
    stage.sandbox.world.changeJob("job_001", { stale: true, importError: "SyntaxError: invalid syntax" });
    const jobs = await collect(stage.remote.jobs(signal));
    expect(jobs.map(({ problem }) => problem)).toEqual([
      null,
      "no longer parsed; import error: SyntaxError: invalid syntax",
      null,
    ]);
  });

  it("is listed without its reason when import errors may not be read", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.world.changeJob("job_000", { importError: "SyntaxError: invalid syntax" });
    stage.sandbox.quirks.forbidden.add("importErrors");
    expect((await collect(stage.remote.jobs(signal)))[0]?.problem).toBe(
      "import error: see the import errors in Airflow",
    );
  });
});

describe("8. schedules", () => {
  it("of 2.x all parse or stay raw", async () => {
    const stage = await openStage({ api: "v1" });
    const { world } = stage.sandbox;
    world.addJob({ id: "a_cron", schedule: "0 2 * * *" });
    world.addJob({ id: "b_preset", schedule: "@daily" });
    world.addJob({ id: "c_none", schedule: null });
    world.addJob({ id: "d_data", schedule: "Asset" });
    world.addJob({ id: "e_delta", interval: { __type: "TimeDelta", days: 0, seconds: 900, microseconds: 0 } });
    const jobs = await collect(stage.remote.jobs(signal));
    expect(jobs.map(({ schedule }) => schedule?.expression ?? null)).toEqual([
      "0 2 * * *",
      "@daily",
      null,
      "Dataset",
      "PT15M",
    ]);
    expect(jobs[0]?.schedule).toMatchObject({ dialect: "native", nextAt: new Date("2026-11-22T02:00:00Z") });
  });

  it("of 3.x all parse or stay raw", async () => {
    const stage = await openStage({ api: "v2" });
    for (const [id, schedule] of Object.entries({ a: "0 2 * * *", b: "@once", c: null, d: "Asset", e: "Lunar" })) {
      stage.sandbox.world.addJob({ id, schedule });
    }
    const jobs = await collect(stage.remote.jobs(signal));
    expect(jobs.map(({ schedule }) => schedule?.expression ?? null)).toEqual([
      "0 2 * * *",
      "@once",
      null,
      "Asset",
      "Lunar",
    ]);
    expect(jobs.map(({ schedule }) => schedule?.nextAt ?? null)[0]).toEqual(new Date("2026-11-22T02:00:00Z"));
  });
});

describe("9. names", () => {
  it.each(BOTH)("with + : ~ %% and blanks go there and back in %s", async (api) => {
    const stage = await openStage({ api });
    const ids = ["scheduled__2026-01-01T00:00:00+00:00", "a~b", "100%", "50%2B", "a b", "ä"];
    const refs = ids.map((runId) => ({ jobId: "daily report+1", runId }));
    for (const ref of refs) stage.sandbox.world.addRun({ ...ref, state: "running" });
    const { items } = await stage.remote.observe(refs, signal);
    expect(items.map(({ jobId, runId }) => ({ jobId, runId }))).toEqual(refs);
  });
});

describe("10. an incremental pass", () => {
  it.each(BOTH)("asks %s by updated_at in the order of id", async (api) => {
    const stage = await openStage({ api });
    await collect(stage.remote.runs(new Date("2026-11-21T02:58:00Z"), signal));
    const asked = new URL(stage.asked().at(-1)?.replace("GET ", "http://x") ?? "");
    expect(asked.pathname).toBe(`/api/${api}/dags/~/dagRuns`);
    expect(asked.searchParams.get("updated_at_gte")).toBe("2026-11-21T02:58:00.000Z");
    expect(asked.searchParams.get("order_by")).toBe("id");
  });

  it("tells the time of the server, page by page", async () => {
    const stage = await openStage();
    stage.sandbox.quirks.skewMs = -40 * 60 * SECOND;
    addRuns(stage, 250);
    const readAt: string[] = [];
    for await (const page of stage.remote.runs(new Date(0), signal)) {
      readAt.push(page.readAt.toISOString());
      stage.advance(10 * SECOND);
    }
    expect(readAt).toEqual(["2026-11-21T02:20:00.000Z", "2026-11-21T02:20:10.000Z", "2026-11-21T02:20:20.000Z"]);
  });

  it("throws when its third page fails", async () => {
    const stage = await openStage();
    addRuns(stage, 250);
    stage.proxy.interfere(text("]["), (_, { path }) => path.includes("offset=198"));
    await expect(collect(stage.remote.runs(new Date(0), signal))).rejects.toMatchObject({ fault: "malformed" });
  });

  it("asks 3.0 and 3.1 for small pages, and 3.2 for large ones", async () => {
    for (const [version, limit] of [
      ["3.0.2", 50],
      ["3.1.8", 50],
      ["3.2.1", 100],
    ] as const) {
      const stage = await openStage({ version });
      await collect(stage.remote.runs(new Date(0), signal));
      expect(stage.asked().at(-1)).toContain(`limit=${limit}`);
    }
  });

  it("answers an empty list with a page, for its moment counts", async () => {
    const stage = await openStage();
    const pages = [];
    for await (const page of stage.remote.runs(new Date(0), signal)) pages.push(page);
    expect(pages).toEqual([{ items: [], rejected: [], readAt: new Date("2026-11-21T03:00:00Z") }]);
  });
});

describe("11. a run that changes between two pages", () => {
  it.each(BOTH)("is neither lost nor told twice in %s", async (api) => {
    const stage = await openStage({ api });
    const ids = addRuns(stage, 250);
    const seen: string[] = [];
    for await (const page of stage.remote.runs(new Date(0), signal)) {
      seen.push(...page.items.map(({ runId }) => runId));
      stage.advance(SECOND);
      stage.sandbox.world.setRun("load", "run_3", { state: "succeeded" });
      stage.sandbox.world.setRun("load", "run_120", { state: "failed" });
    }
    expect(seen.sort()).toEqual(ids.sort());
  });

  it("and leaves the open ones hides no other", async () => {
    const stage = await openStage();
    const ids = addRuns(stage, 250);
    const seen = new Set<string>();
    for await (const page of stage.remote.open(signal)) {
      for (const { runId } of page.items) seen.add(runId);
      if (seen.size === 100) {
        for (let at = 0; at < 60; at++) stage.sandbox.world.setRun("load", `run_${at}`, { state: "succeeded" });
      }
    }
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });
});

describe("12. a server without updated_at", () => {
  it("gets the older questions, and none it would refuse", async () => {
    const stage = await openStage({ api: "v1", version: "2.5.3" });
    const { world } = stage.sandbox;
    const before = new Date("2026-11-20T00:00:00Z");
    const run = { jobId: "load", queuedAt: before, startedAt: before };
    world.addRun({ ...run, runId: "old", state: "succeeded", endedAt: before });
    world.addRun({ ...run, runId: "ended_now", state: "failed" });
    world.addRun({ jobId: "load", runId: "began_now", state: "running" });
    world.addRun({ ...run, runId: "queued_long_ago", state: "queued", startedAt: null });
    const runs = await collect(stage.remote.runs(new Date("2026-11-21T02:00:00Z"), signal));
    expect([...new Set(runs.map(({ runId }) => runId))].sort()).toEqual(["began_now", "ended_now", "queued_long_ago"]);
    expect(stage.asked().join()).not.toContain("updated_at");
  });
});

describe("13. an order that is refused", () => {
  it.each(BOTH)("is left out in %s", async (api) => {
    const stage = await openStage({ api });
    const ids = addRuns(stage, 150);
    stage.sandbox.quirks.refuseOrder = true;
    const runs = await collect(stage.remote.runs(new Date(0), signal));
    expect(runs.map(({ runId }) => runId).sort()).toEqual(ids.sort());
  });

  it("is told from every other 400", async () => {
    const { bad_order_by } = corpus("v1-errors.json") as { bad_order_by: { status: number; body: object } };
    const stage = await openStage({ api: "v1" });
    stage.proxy.interfere(status(bad_order_by.status), (_, { path }) => path.includes("dagRuns"));
    await expect(collect(stage.remote.runs(new Date(0), signal))).rejects.toMatchObject({
      fault: "malformed",
      status: 400,
    });
  });
});

describe("14. a run that vanished", () => {
  it.each(BOTH)("is asked for once in %s and left out", async (api) => {
    const stage = await openStage({ api });
    addRuns(stage, 2);
    await collect(stage.remote.open(signal));
    stage.sandbox.world.removeRun("load", "run_1");
    stage.asked();
    const refs = [0, 1].map((at) => ({ jobId: "load", runId: `run_${at}` }));
    const page = await stage.remote.observe(refs, signal);
    expect(page.items.map(({ runId }) => runId)).toEqual(["run_0"]);
    expect(stage.asked().filter((line) => line.includes("dagRuns/run_1"))).toHaveLength(1);
  });

  it("is told by 2.x in words we know", async () => {
    const { not_found_run: words } = corpus("v1-errors.json") as { not_found_run: { status: number; body: object } };
    const stage = await openStage({ api: "v1" });
    stage.proxy.interfere(
      ({ answer }) =>
        answer({
          status: words.status,
          headers: { "content-type": "application/problem+json" },
          body: Buffer.from(JSON.stringify(words.body)),
        }),
      (_, { path }) => path.includes("dagRuns/"),
    );
    expect((await stage.remote.observe([{ jobId: "load", runId: "x" }], signal)).items).toEqual([]);
  });

  it("among many costs one question, the open ones come together", async () => {
    const stage = await openStage();
    addRuns(stage, 60);
    stage.sandbox.world.setRun("load", "run_7", { state: "succeeded" });
    stage.sandbox.world.removeRun("load", "run_8");
    const refs = Array.from({ length: 60 }, (_, at) => ({ jobId: "load", runId: `run_${at}` }));
    const { items } = await stage.remote.observe(refs, signal);
    expect(items).toHaveLength(59);
    expect(items.find(({ runId }) => runId === "run_7")?.state).toBe("succeeded");
    const asked = stage.asked().filter((line) => line.includes("dagRuns"));
    expect(asked).toEqual([
      "POST /api/v2/dags/~/dagRuns/list",
      "GET /api/v2/dags/load/dagRuns/run_7",
      "GET /api/v2/dags/load/dagRuns/run_8",
    ]);
  });
});

describe("15. states", () => {
  it.each(BOTH)("come through %s, an invented one as unknown", async (api) => {
    const stage = await openStage({ api });
    const words = ["queued", "running", "success", "failed", "hibernating"];
    for (const word of words) stage.sandbox.world.addRun({ jobId: "load", runId: word, state: "running", word });
    const runs = await collect(stage.remote.runs(new Date(0), signal));
    expect(runs.map(({ state, native }) => [native.word, state, native.rule])).toEqual([
      ["queued", "queued", "run.queued"],
      ["running", "running", "run.running"],
      ["success", "succeeded", "run.success"],
      ["failed", "failed", "run.failed"],
      ["hibernating", "unknown", "no-rule"],
    ]);
  });
});

describe("22. a failed run with our note", () => {
  it.each(BOTH)("is cancelled in %s, whoever remembers", async (api) => {
    const stage = await openStage({ api });
    stage.sandbox.world.addRun({ jobId: "load", state: "failed", note: "cancelled via Tutti 7f3c" });
    stage.sandbox.world.addRun({ jobId: "load", state: "failed", note: "cancelled by ops" });
    const runs = await collect(stage.connect().runs(new Date(0), signal));
    expect(runs.map(({ state }) => state)).toEqual(["cancelled", "failed"]);
  });
});

describe("27. an Airflow that is unwell", () => {
  it.each(BOTH)("says so with a 200, and is heard in %s", async (api) => {
    const stage = await openStage({ api, jobs: 5 });
    stage.sandbox.quirks.unhealthy.add("scheduler");
    for (const at of [0, 1, 2, 3]) stage.sandbox.world.changeJob(`job_00${at}`, { importError: "ImportError: no" });
    // 3.x names a file within its bundle.
    const folder = api === "v1" ? "/opt/airflow/dags/" : "";
    expect((await stage.remote.probe(signal)).troubles).toEqual([
      "scheduler: unhealthy since 2026-11-21T03:00:00.000Z",
      `import errors: ${folder}job_000.py, ${folder}job_001.py, ${folder}job_002.py and 1 more`,
    ]);
  });

  it.each(BOTH)("lacks rights that %s names", async (api) => {
    const stage = await openStage({ api });
    for (const right of ["dagRuns", "importErrors", "taskInstances"] as const)
      stage.sandbox.quirks.forbidden.add(right);
    expect((await stage.remote.probe(signal)).missingRights).toEqual([
      "can read on DAG Runs",
      "can read on Task Instances",
      "can read on ImportError",
    ]);
    stage.sandbox.quirks.forbidden.add("dags");
    expect((await stage.remote.probe(signal)).missingRights).toContain("can read on DAGs");
    await expect(collect(stage.remote.jobs(signal))).rejects.toMatchObject({ fault: "refused", status: 403 });
  });

  it("shows how far its clock is off", async () => {
    const stage = await openStage();
    stage.sandbox.quirks.skewMs = 90 * SECOND;
    expect((await stage.remote.probe(signal)).clockSkewMs).toBe(90 * SECOND);
  });

  it("is probed anew each time", async () => {
    const stage = await openStage({ api: "v1", version: "2.9.0" });
    await stage.remote.probe(signal);
    stage.sandbox.upgrade("v1", "2.10.5");
    expect((await stage.remote.probe(signal)).version).toBe("2.10.5");
  });
});

describe("28. a server that is busy", () => {
  it("is asked again when it said", async () => {
    const stage = await openStage({ jobs: 3 });
    await stage.remote.probe(signal);
    stage.proxy.interfere(status(429, { "retry-after": "1" }), (nth) => nth === 1);
    const startedAt = performance.now();
    expect(await collect(stage.remote.jobs(signal))).toHaveLength(3);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  it("is told so when it asks for more patience than we have", async () => {
    const stage = await openStage();
    stage.proxy.interfere(status(429, { "retry-after": "120" }));
    await expect(collect(stage.remote.jobs(signal))).rejects.toMatchObject({
      fault: "busy",
      retryAfterMs: 120 * SECOND,
    });
  });

  it("is asked again after a 503, a batch question too", async () => {
    const stage = await openStage();
    addRuns(stage, 20);
    await stage.remote.probe(signal);
    const refs = Array.from({ length: 20 }, (_, at) => ({ jobId: "load", runId: `run_${at}` }));
    stage.proxy.interfere(status(503), (nth) => nth <= 2);
    expect((await stage.remote.observe(refs, signal)).items).toHaveLength(20);
    stage.sandbox.quirks.down = true;
    await expect(stage.remote.probe(signal)).rejects.toMatchObject({ fault: "busy", passing: true });
  });
});

describe("29. fields", () => {
  it("we do not know are ignored, and missing ones are not needed", async () => {
    const stage = await openStage({ jobs: 1 });
    addRuns(stage, 1);
    const bare = (json: unknown): unknown => {
      const lists = json as { dags?: { dag_id: string }[]; dag_runs?: { dag_id: string; dag_run_id: string }[] };
      if (lists.dags) return { dags: lists.dags.map(({ dag_id }) => ({ dag_id, brand_new: { deep: [1] } })), extra: 1 };
      if (lists.dag_runs) {
        return {
          dag_runs: lists.dag_runs.map(({ dag_id, dag_run_id }) => ({ dag_id, dag_run_id })),
          next_cursor: null,
        };
      }
      return json;
    };
    stage.proxy.interfere(rewrite(bare));
    expect((await collect(stage.remote.jobs(signal))).map(({ id }) => id)).toEqual(["job_000", "load"]);
    expect((await collect(stage.remote.open(signal)))[0]).toMatchObject({ runId: "run_0", state: "unknown" });
  });
});

describe("30. secrets", () => {
  it.each(BOTH)("show in no error and in no log of %s", async (api) => {
    const stage = await openStage({ api });
    const secrets = Object.values(stage.sandbox.secrets);
    const told: string[] = [];
    await stage.remote.probe(signal);
    for (const fault of [status(401), status(500), text("}{"), text("<html>", "text/html")]) {
      stage.proxy.interfere(fault);
      const error: unknown = await stage
        .connect({ limits: { attempts: 1 } })
        .probe(signal)
        .catch((thrown: unknown) => thrown);
      told.push(String((error as Error).stack), JSON.stringify(error));
    }
    const tokens = stage.proxy.seen.flatMap(({ headers }) => headers.authorization?.split(" ")[1] ?? []);
    expect(tokens.length).toBeGreaterThan(0);
    for (const secret of [...secrets, ...tokens]) expect(told.join() + stage.printed()).not.toContain(secret);
  });
});
