/** One story, told to every tool through the whole house: what it cannot do is skipped by its name. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import type { Sandbox } from "../../src/adapter/sandbox.ts";
import { type BreakableLine, breakableLine } from "../support/breakable-line.ts";
import { eventually } from "../support/eventually.ts";
import { jobOf, TOOLS } from "../torture/tools.ts";
import { type Home, newHome } from "./process.ts";

const SOURCE = "tool";
const JOBS = 5;
const LONG_MS = 90_000;

interface RunReply {
  readonly id: string;
  readonly externalId: string;
  readonly state: string;
  readonly attempt: number;
}

const RUN = "id externalId state attempt";
const text = (value: unknown) => JSON.stringify(value);

// The Toy is an example of an adapter and not in the program.
describe.each(TOOLS.filter(({ adapter }) => adapter.kind !== "toy"))("the story of $name", (tool) => {
  let home: Home;
  let sandbox: Sandbox;
  let line: BreakableLine;
  let capabilities: readonly string[] = [];
  let finished = "";
  let first: RunReply;
  const job = jobOf(tool, 0);
  const ref = `${SOURCE}/${job}`;

  beforeAll(async () => {
    home = await newHome();
    sandbox = await tool.open({ jobs: JOBS });
    line = await breakableLine(sandbox.url);
    const ended = new Date(Date.now() - 600_000);
    finished = sandbox.world.addRun({ jobId: job, state: "failed", startedAt: ended, queuedAt: ended, endedAt: ended });
    const documents = join(home.folder, "documents");
    mkdirSync(documents);
    writeSecrets(sandbox.secrets);
    const config = JSON.parse(
      text(sandbox.config).replaceAll(sandbox.url, line.url).replaceAll("env:", `file:${home.folder}/`),
    ) as object;
    const spec = { adapter: tool.adapter.kind, config };
    const document = { apiVersion: "tutti.dev/v1", kind: "Source", metadata: { name: SOURCE }, spec };
    writeFileSync(join(documents, "tool.yaml"), text(document));
    await home.up({ TUTTI_DOCUMENTS: documents });
  });
  afterAll(async () => {
    await home.remove();
    await line.cut();
    await sandbox.close();
  });

  function needs({ skip }: TestContext, ...wanted: readonly string[]): void {
    for (const one of wanted) if (!capabilities.includes(one)) skip(`${tool.name} cannot ${one}`);
  }

  /** In files, where they can be changed while Tutti runs. */
  function writeSecrets(secrets: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(home.folder, name), value);
  }

  /** The first start is of the job beside that with the history, and so on: there its runs can be counted. */
  const startOf = (nth: number) => ({ key: `story-${nth}`, jobId: jobOf(tool, nth) });
  async function start(nth: number): Promise<RunReply> {
    const { key, jobId } = startOf(nth);
    const words = `ref: ${text(`${SOURCE}/${jobId}`)}, key: ${text(key)}`;
    return (await home.ask<{ run: RunReply }>(`mutation { run: startJob(${words}) { ${RUN} } }`)).run;
  }
  const runOf = async (id: string) => (await home.ask<{ run: RunReply }>(`{ run(id: ${text(id)}) { ${RUN} } }`)).run;
  const whenIn = (id: string, state: string) => eventually(async () => (await runOf(id)).state === state, LONG_MS);
  const begun = (nth: number) => tool.begun(sandbox, startOf(nth));
  const setRun = (nth: number, change: Parameters<Sandbox["world"]["setRun"]>[2]) =>
    sandbox.world.setRun(startOf(nth).jobId, begun(nth)[0] ?? "", change);

  it("its jobs are discovered", async () => {
    const { source } = await eventually(async () => {
      const answer = await home.ask<{ source: { jobCount: number; capabilities: string[] } }>(
        `{ source(name: ${text(SOURCE)}) { jobCount capabilities } }`,
      );
      return answer.source.jobCount === JOBS ? answer : null;
    }, LONG_MS);
    capabilities = source.capabilities.map((one) => one.toLowerCase());
    expect(capabilities).toContain("observe");
  });

  it("its history is read", async () => {
    const { run } = await eventually(async () => {
      const question = `{ runs(filter: { job: [${text(ref)}] }) { edges { node { ${RUN} } } } }`;
      const { runs } = await home.ask<{ runs: { edges: { node: RunReply }[] } }>(question);
      const found = runs.edges.find(({ node }) => node.externalId === finished);
      return found ? { run: found.node } : null;
    }, LONG_MS);
    expect(run.state).toBe("FAILED");
  });

  it("a run is started by its key, once", async (context) => {
    needs(context, "start");
    first = await start(1);
    const again = await start(1);
    expect(again.id).toBe(first.id);
    expect(begun(1)).toHaveLength(1);
  });

  it("it is seen to run, and shows what it does", async (context) => {
    needs(context, "start");
    setRun(1, { state: "running", startedAt: new Date() });
    await whenIn(first.id, "RUNNING");
    if (capabilities.includes("parts")) {
      const { run } = await home.ask<{ run: { parts: unknown[] | null } }>(
        `{ run(id: ${text(first.id)}) { parts { id name state } } }`,
      );
      expect(Array.isArray(run.parts)).toBe(true);
    }
  });

  it("it ends, and is known to within seconds", async (context) => {
    needs(context, "start");
    const endedAt = performance.now();
    setRun(1, { state: "succeeded", endedAt: new Date() });
    await whenIn(first.id, "SUCCEEDED");
    console.log(`${tool.name}: the end was known after ${Math.round(performance.now() - endedAt)} ms`);
  });

  it("its outputs are read", async (context) => {
    needs(context, "start", "outputs");
    const answer = await home.ask<{ run: object }>(`{ run(id: ${text(first.id)}) { outputs } }`);
    expect(answer.run).toHaveProperty("outputs");
  });

  it("the end of its log is read", async (context) => {
    needs(context, "start", "log");
    const { code, out } = await home.run(["logs", first.id, "--tail", "2"]);
    // A tool may have none of a run that nothing was done in, and says so.
    expect([0, 3]).toContain(code);
    if (code === 0) expect(out.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("a run is cancelled, and has ended", async (context) => {
    needs(context, "start", "cancel");
    const run = await start(2);
    setRun(2, { state: "running", startedAt: new Date() });
    const { code } = await home.run(["cancel", run.id, "--note", "the story says so"]);
    expect(code).toBe(0);
    await whenIn(run.id, "CANCELLED");
    const question = `{ run(id: ${text(run.id)}) { actions { kind state principal note } } }`;
    await eventually(async () => {
      const told = await home.ask<{ run: { actions: { kind: string; state: string }[] } }>(question);
      return told.run.actions.some(({ kind, state }) => kind === "CANCEL" && state === "CONFIRMED");
    }, LONG_MS);
  });

  it("a failed run is done again", async (context) => {
    needs(context, "retry");
    const question = `{ runs(filter: { job: [${text(ref)}], state: [FAILED] }) { edges { node { ${RUN} } } } }`;
    const { runs } = await home.ask<{ runs: { edges: { node: RunReply }[] } }>(question);
    const failed = runs.edges[0]?.node;
    expect(failed?.externalId).toBe(finished);
    const { code, out } = await home.run(["retry", failed?.id ?? "", "-o", "json"]);
    expect(code).toBe(0);
    const [run] = JSON.parse(out) as RunReply[];
    await eventually(async () => !["FAILED", "UNKNOWN"].includes((await runOf(run?.id ?? "")).state), LONG_MS);
  });

  it("its job is paused and resumed", async (context) => {
    needs(context, "pause", "resume");
    const paused = await home.run(["pause", ref, "-o", "json"]);
    expect(JSON.parse(paused.out)).toMatchObject([{ ref, paused: true }]);
    const resumed = await home.run(["resume", ref, "-o", "json"]);
    expect(JSON.parse(resumed.out)).toMatchObject([{ ref, paused: false }]);
  });

  it("a start while it is restarted is kept, and happens once", async (context) => {
    needs(context, "start");
    const { key, jobId } = startOf(3);
    await line.cut();
    const { code, note } = await home.run(["start", `${SOURCE}/${jobId}`, "--key", key]);
    expect([code, note]).toEqual([6, expect.stringContaining("has not been sent yet")]);
    await line.mend();
    await eventually(() => begun(3).length > 0, LONG_MS);
    const run = await eventually(() => start(3).catch(() => null), LONG_MS);
    // A tool with an idle worker has begun by now.
    expect(["QUEUED", "RUNNING"]).toContain(run.state);
    expect(begun(3)).toHaveLength(1);
  });

  it("a rotated secret of the tool is taken up", async ({ skip }) => {
    const { rotate } = tool;
    if (!rotate || !capabilities.includes("start")) return skip(`${tool.name} has none to rotate`);
    writeSecrets(rotate(sandbox));
    const run = await start(4);
    expect(begun(4)).toHaveLength(1);
    expect(run.id).not.toBe(first.id);
  });

  it("its retention deletes a run, and its key starts no other", async (context) => {
    needs(context, "start");
    sandbox.world.removeRun(startOf(1).jobId, begun(1)[0] ?? "");
    expect(await start(1)).toMatchObject({ id: first.id, state: "SUCCEEDED" });
    expect(begun(1)).toEqual([]);
  });
});
