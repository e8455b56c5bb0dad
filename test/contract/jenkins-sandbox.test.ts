/** The oddities of Jenkins that the sandbox must have, or what passes on it proves nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type JenkinsSandboxOptions, openJenkinsSandbox } from "../../adapters/jenkins/sandbox.ts";
import { parseTree } from "../../adapters/jenkins/sandbox/tree.ts";

type Row = Record<string, unknown>;

function corpus(file: string): Row {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../corpus/jenkins", file), "utf8")) as Row;
}

async function open(options: JenkinsSandboxOptions = {}) {
  let nowMs = Date.parse("2026-11-21T03:00:00Z");
  const sandbox = await openJenkinsSandbox({ now: () => new Date(nowMs), ...options });
  onTestFinished(() => sandbox.close());
  const authorization = `Basic ${Buffer.from(`tutti:${Object.values(sandbox.secrets)[0]}`).toString("base64")}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.url}${path}`, { redirect: "manual", ...init, headers: { authorization, ...init.headers } });
  return {
    ...sandbox,
    ask,
    read: async (path: string) => (await (await ask(path)).json()) as Row,
    post: (path: string, form: Record<string, string> = {}) =>
      ask(path, { method: "POST", body: new URLSearchParams(form) }),
    advance: (ms: number) => void (nowMs += ms),
  };
}

describe("the query language", () => {
  it("reads names, lists in lists, and ranges", () => {
    expect(parseTree("a,b[c[d]{0,3},*]{2,},e{,4}")).toEqual([
      { name: "a", below: [], range: null },
      {
        name: "b",
        below: [
          { name: "c", below: [{ name: "d", below: [], range: null }], range: [0, 3] },
          { name: "*", below: [], range: null },
        ],
        range: [2, Infinity],
      },
      { name: "e", below: [], range: [0, 4] },
    ]);
  });

  it("takes one number for one element, and leaves out what it does not know", async () => {
    const { world, read } = await open({ jobs: 1 });
    for (let times = 0; times < 8; times += 1) world.addRun({ jobId: "job_000", state: "succeeded" });
    const numbers = async (range: string) =>
      ((await read(`/job/job_000/api/json?tree=builds[number,nonsense]${range}`))["builds"] as Row[]).map(
        ({ number }) => number,
      );
    expect(await numbers("{5}")).toEqual([3]);
    expect(await numbers("{0,3}")).toEqual([8, 7, 6]);
    expect(await numbers("{6,}")).toEqual([2, 1]);
    expect(Object.keys((await read("/job/job_000/api/json?tree=builds[number]{0,1}"))["builds"] as Row[])).toHaveLength(
      1,
    );
  });

  it("is refused where it is broken: with 400, and with 500 in old versions", async () => {
    const [young, old] = [await open(), await open({ version: "2.190" })];
    for (const tree of ["jobs[name", "jobs[]", "a,,b", "a{x}"]) {
      expect((await young.ask(`/api/json?tree=${encodeURIComponent(tree)}`)).status).toBe(400);
      expect((await old.ask(`/api/json?tree=${encodeURIComponent(tree)}`)).status).toBe(500);
    }
  });

  it("lists a hundred builds and no more, unless all are asked for", async () => {
    const { world, read } = await open({ jobs: 1 });
    for (let times = 0; times < 130; times += 1) world.addRun({ jobId: "job_000", state: "succeeded" });
    const { builds, allBuilds } = await read("/job/job_000/api/json?tree=builds[number],allBuilds[number]");
    expect([(builds as Row[]).length, (allBuilds as Row[]).length]).toEqual([100, 130]);
  });
});

describe("what every answer carries", () => {
  it("is the version and the session, which is another one after a restart", async () => {
    const { ask, ...sandbox } = await open();
    const headers = async () => (await ask("/api/json")).headers;
    const [before, again] = [await headers(), await headers()];
    expect(before.get("x-jenkins")).toBe("2.541.1");
    expect(again.get("x-jenkins-session")).toBe(before.get("x-jenkins-session"));
    sandbox.restart();
    expect((await headers()).get("x-jenkins-session")).not.toBe(before.get("x-jenkins-session"));
  });
});

describe("an action", () => {
  it("by GET is a 405, and ends with a redirect by POST", async () => {
    const { ask, post } = await open({ jobs: 1 });
    expect((await ask("/job/job_000/build")).status).toBe(405);
    expect((await post("/job/job_000/disable")).status).toBe(302);
    expect((await post("/job/job_000/buildWithParameters")).status).toBe(409);
  });

  it("without a token wants a crumb and its session", async () => {
    const { post, ask } = await open({ jobs: 1, auth: "password" });
    const refused = await post("/job/job_000/disable");
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("No valid crumb")]);
    const issued = await ask("/crumbIssuer/api/json");
    const { crumb } = (await issued.json()) as { crumb: string };
    const cookie = issued.headers.get("set-cookie")?.split(";")[0] ?? "";
    const send = (headers: Record<string, string>) => ask("/job/job_000/disable", { method: "POST", headers });
    expect((await send({ "Jenkins-Crumb": crumb })).status).toBe(403);
    expect((await send({ "Jenkins-Crumb": crumb, cookie })).status).toBe(302);
  });
});

describe("the queue", () => {
  it("folds equal parameters: 201, then 303, and 201 again in old versions", async () => {
    for (const [version, status] of [
      ["2.541.1", 303],
      ["2.289.3", 201],
    ] as const) {
      const { post } = await open({ jobs: 1, version });
      const build = (date: string) => post("/job/job_000/buildWithParameters", { date, unknown: "dropped" });
      const [first, twin, other] = [await build("a"), await build("a"), await build("b")];
      expect([first.status, twin.status, other.status]).toEqual([201, status, 201]);
      expect(twin.headers.get("location")).toBe(first.headers.get("location"));
      expect(other.headers.get("location")).not.toBe(first.headers.get("location"));
    }
  });

  it("is by the right door only", async () => {
    const { world, post } = await open({ jobs: 1 });
    world.addJob({ id: "plain", parameters: [] });
    expect((await post("/job/job_000/build")).status).toBe(400);
    expect((await post("/job/plain/buildWithParameters")).status).toBe(400);
    expect((await post("/job/plain/build")).status).toBe(201);
  });

  it("gives a number at the start, and forgets after five minutes", async () => {
    const { post, read, ask, advance } = await open({ jobs: 1 });
    await post("/job/job_000/buildWithParameters", { date: "a" });
    expect(await read("/queue/item/1/api/json")).toMatchObject({
      _class: "hudson.model.Queue$WaitingItem",
      why: expect.any(String),
    });
    expect((await ask("/queue/item/1/")).status).toBe(404);
    advance(6_000);
    expect(await read("/queue/item/1/api/json")).toMatchObject({
      _class: "hudson.model.Queue$LeftItem",
      cancelled: false,
      executable: { number: 1 },
    });
    advance(5 * 60_000 + 1_000);
    expect((await ask("/queue/item/1/api/json")).status).toBe(404);
  });

  it("tells nothing of a secret but its name", async () => {
    const { world, post, read } = await open();
    world.addJob({
      id: "pw",
      parameters: [
        { name: "secret", type: "Password" },
        { name: "date", type: "String" },
      ],
    });
    await post("/job/pw/buildWithParameters", { secret: "hunter2", date: "a" });
    const item = JSON.stringify(await read("/queue/item/1/api/json?tree=actions[parameters[*]]"));
    expect(item).toContain(`{"_class":"hudson.model.PasswordParameterValue","name":"secret"}`);
    expect(item).not.toContain("hunter2");
  });
});

describe("a log", () => {
  it("counts what it hides, begins anew past its end, and ends at a whole line while it grows", async () => {
    const { world, ask } = await open({ jobs: 1 });
    world.addRun({ jobId: "job_000", state: "running", log: "one\ntw" });
    const part = (start: number) => ask(`/job/job_000/1/logText/progressiveText?start=${start}`);
    const first = await part(0);
    const size = Number(first.headers.get("x-text-size"));
    expect([await first.text(), first.headers.get("x-more-data")]).toEqual(["one\n", "true"]);
    expect(size).toBeGreaterThan(4);
    expect(await (await part(size)).text()).toBe("");
    expect(await (await part(size + 1)).text()).toBe("one\n");
  });
});

/** Fields a real controller has, by the replies of real ones; a sandbox that invents one would be kinder than the tool. */
function fieldsOf(...files: string[]): Set<string> {
  return new Set(files.flatMap((file) => Object.keys(corpus(file))));
}

/** Told by newer versions than those that were recorded. */
const NEWER = [
  "_class",
  "fullName",
  "fullDisplayName",
  "inProgress",
  "disabled",
  "resumeBlocked",
  "scm",
  "changeSets",
  "queueItem",
  "url",
];

describe("beside replies nobody here wrote", () => {
  const known = (row: Row, fields: ReadonlySet<string>) =>
    Object.keys(row).filter((field) => !fields.has(field) && !NEWER.includes(field));

  it("a job invents no field, and has those that matter in the same shape", async () => {
    const { world, read } = await open();
    world.addJob({ id: "free", kind: "freestyle" });
    world.addRun({ jobId: "free", state: "running" });
    const real = corpus("jenkins-rest-job-info.json");
    const job = await read("/job/free/api/json");
    expect(known(job, fieldsOf("jenkins-rest-job-info.json", "node-jenkins-jobGet.json"))).toEqual([]);
    for (const field of [
      "buildable",
      "builds",
      "color",
      "inQueue",
      "lastBuild",
      "name",
      "nextBuildNumber",
      "property",
      "url",
    ])
      expect([field, typeof job[field]]).toEqual([field, typeof real[field]]);
    expect(Object.keys((job["builds"] as Row[])[0] ?? {}).toSorted()).toEqual(["_class", "number", "url"]);
  });

  it("a build does not either, freestyle or pipeline", async () => {
    const { world, read } = await open();
    for (const kind of ["freestyle", "pipeline"] as const) {
      world.addJob({ id: kind, kind });
      world.addRun({ jobId: kind, state: "succeeded", parameters: { date: "x" }, artifacts: { "a/b.txt": "x" } });
      const build = await read(`/job/${kind}/1/api/json`);
      const real = corpus("jenkins-rest-build-info.json");
      expect(known(build, fieldsOf("jenkins-rest-build-info.json", "jenkins-rest-build-info-no-params.json"))).toEqual(
        [],
      );
      for (const field of [
        "actions",
        "building",
        "duration",
        "id",
        "number",
        "queueId",
        "result",
        "timestamp",
        "artifacts",
      ])
        expect([field, typeof build[field]]).toEqual([field, typeof real[field]]);
      expect(Object.keys((build["artifacts"] as Row[])[0] ?? {})).toEqual(
        Object.keys((real["artifacts"] as Row[])[0] ?? {}),
      );
    }
  });

  it("nor does an item of the queue, in any of its lives", async () => {
    const { post, read, advance, world } = await open();
    world.addJob({ id: "job" });
    await post("/job/job/buildWithParameters");
    const fields = fieldsOf("jenkins-rest-queueItemRunning.json", "jenkins-rest-queueItemPending.json");
    expect(known(await read("/queue/item/1/api/json"), fields)).toEqual([]);
    advance(6_000);
    const left = await read("/queue/item/1/api/json");
    expect(known(left, fields)).toEqual([]);
    const real = corpus("jenkins-rest-queueItemRunning.json");
    expect(Object.keys(left["executable"] as Row).toSorted()).toEqual(
      Object.keys(real["executable"] as Row).toSorted(),
    );
    expect(Object.keys(left["task"] as Row).toSorted()).toEqual(Object.keys(real["task"] as Row).toSorted());
  });

  it("nor do stages and pending inputs", async () => {
    const { world, read } = await open({ jobs: 1 });
    world.addRun({ jobId: "job_000", state: "waiting" });
    const [real] = corpus("jenkins-rest-runHistory.json") as unknown as Row[];
    const described = await read("/job/job_000/1/wfapi/describe");
    expect(known(described, new Set(Object.keys(real ?? {})))).toEqual([]);
    expect(described["status"]).toBe(real?.["status"]);
    const [input] = (await read("/job/job_000/1/wfapi/pendingInputActions")) as unknown as Row[];
    const [realInput] = corpus("wfapi-pendingInputActions.json") as unknown as Row[];
    expect(Object.keys(input ?? {}).toSorted()).toEqual(Object.keys(realInput ?? {}).toSorted());
  });
});
