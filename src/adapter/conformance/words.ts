/** Only our words cross the contract. */
import assert from "node:assert/strict";
import { z } from "zod";
import { CAPABILITIES } from "../../model/capability.ts";
import { CAUSE_KINDS, type ForeignJob, type ForeignRun } from "../../model/foreign.ts";
import { HAND_OFF_CLASSES } from "../../model/hand-off.ts";
import { RUN_STATES, type RunState } from "../../model/run-state.ts";
import { DIALECTS } from "../../model/schedule.ts";
import { capabilitiesOf, type Page, type Remote } from "../contract.ts";
import { givenEach, givenRun, givenRuns, HOUR_MS, keysOf } from "./given.ts";
import { rewrite } from "./interference.ts";
import type { QuestionGroup } from "./question.ts";
import { keyOf, readAll, sorted } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

const name = z.string().min(1);

/** Strict: a field that is not ours is a foreign one that slipped through. */
const job: z.ZodType<ForeignJob> = z.strictObject({
  id: name,
  name,
  path: z.array(name),
  description: z.string().nullable(),
  schedule: z
    .strictObject({
      expression: name,
      dialect: z.enum(DIALECTS),
      timezone: z.string().nullable(),
      text: z.string().nullable(),
      nextAt: z.date().nullable(),
    })
    .nullable(),
  paused: z.boolean(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  url: z.url().nullable(),
  capabilities: z.array(z.enum(CAPABILITIES)).nullable(),
  handOff: z.enum(HAND_OFF_CLASSES),
  problem: z.string().nullable(),
});

const run: z.ZodType<ForeignRun> = z.strictObject({
  jobId: name,
  runId: name,
  formerly: name.nullable(),
  state: z.enum(RUN_STATES),
  native: z.strictObject({ word: name, rule: name }),
  cause: z.strictObject({ kind: z.enum(CAUSE_KINDS), by: z.string().nullable(), key: z.string().nullable() }),
  parameters: z.json(),
  error: z.strictObject({ kind: name, message: z.string() }).nullable(),
  queuedAt: z.date().nullable(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
  url: z.url().nullable(),
});

/** Not every tool can be made to say a word that nobody knows; that one is a question of its own. */
const KNOWN_STATES = RUN_STATES.filter((state) => state !== "unknown");

/** Every way in which a remote tells of runs. */
async function allTellings({ remote, now }: Stage, since: Date, refs: readonly ForeignRun[] = []) {
  const window = { from: new Date(since.getTime() - HOUR_MS), to: new Date(now().getTime() + HOUR_MS) };
  const listings: Page<ForeignRun>[] = [];
  for (const listing of [remote.runs(since, never), remote.history(window, never), remote.open(never)])
    listings.push(...(await readAll(listing)).pages);
  return [...listings, await remote.observe(refs, never)];
}

async function runsOf(stage: Stage, since: Date): Promise<readonly ForeignRun[]> {
  return (await readAll(stage.remote.runs(since, never))).items;
}

/** Gives every object of every answer a field from a version nobody knows yet. */
function strangeFields(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(strangeFields);
  if (typeof json !== "object" || json === null) return json;
  const inner = Object.entries(json).map(([key, value]) => [key, strangeFields(value)]);
  return { ...Object.fromEntries(inner), tutti_never_heard_of: { since: "the version after next" } };
}

/** Puts nonsense in the place of the second row of every list, and remembers how often. */
function strangeRow(count: () => void) {
  return (json: unknown): unknown => {
    if (typeof json !== "object" || json === null) return json;
    if (!Array.isArray(json))
      return Object.fromEntries(
        Object.entries(json).map(([key, value]) => [key, Array.isArray(value) ? strangeRow(count)(value) : value]),
      );
    if (json.length < 2 || typeof json[1] !== "object") return json;
    count();
    return json.map((row: unknown, at) => (at === 1 ? { nonsense: true } : row));
  };
}

function rowsOf(remote: Remote, since: Date) {
  return [remote.jobs(never), remote.runs(since, never)] as const;
}

export const words: QuestionGroup = {
  title: "foreign words",
  questions: [
    {
      title: "never cross in a job",
      async ask({ adapter, remote }) {
        const { items } = await readAll(remote.jobs(never));
        const present = capabilitiesOf(remote);
        for (const item of items) {
          job.parse(item);
          assert.ok(HAND_OFF_CLASSES.indexOf(item.handOff) >= HAND_OFF_CLASSES.indexOf(adapter.handOff));
          for (const capability of item.capabilities ?? []) assert.ok(present.includes(capability), capability);
        }
        assert.ok(items.length > 0);
      },
    },
    {
      title: "never cross in a run",
      async ask(stage) {
        const since = stage.now();
        await givenRuns(stage, KNOWN_STATES, KNOWN_STATES.length);
        const refs = await runsOf(stage, since);
        assert.equal(refs.length, KNOWN_STATES.length);
        for (const { items } of await allTellings(stage, since, refs)) for (const item of items) run.parse(item);
      },
    },
    {
      title: "become the state they mean",
      async ask(stage) {
        const since = stage.now();
        const states: readonly RunState[] = ["queued", "running", "succeeded", "failed"];
        const refs = await givenEach(
          stage,
          states.map((state) => ({ state })),
        );
        const seen = new Map((await runsOf(stage, since)).map((item) => [keyOf(item), item.state]));
        assert.deepEqual(
          refs.map((ref) => seen.get(keyOf(ref))),
          states,
        );
      },
    },
    {
      title: "that nobody knows are unknown, and kept",
      async ask(stage) {
        const since = stage.now();
        const ref = await givenRun(stage, { state: "unknown" });
        const [item] = (await stage.remote.observe([ref], never)).items;
        assert.equal(item?.state, "unknown");
        run.parse(item);
        assert.ok(item.native.word.length > 0);
        const listed = (await runsOf(stage, since)).find((one) => keyOf(one) === keyOf(ref));
        assert.equal(listed?.state, "unknown");
      },
    },
    {
      title: "in fields never heard of are left alone",
      async ask(stage) {
        const since = stage.now();
        const refs = await givenRuns(stage, ["succeeded"], 4);
        stage.proxy.interfere(rewrite(strangeFields));
        const [jobs, runs] = rowsOf(stage.remote, since);
        for (const item of (await readAll(jobs)).items) job.parse(item);
        const { items, rejected } = await readAll(runs);
        for (const item of items) run.parse(item);
        assert.deepEqual(sorted(items.map(keyOf)), sorted(keysOf(refs)));
        assert.deepEqual(rejected, []);
      },
    },
    {
      title: "that make no row are set aside, and the rest is kept",
      async ask(stage) {
        const since = stage.now();
        await givenRuns(stage, ["succeeded"], 5);
        const total = [(await readAll(stage.remote.jobs(never))).items.length, 5];
        for (const at of [0, 1] as const) {
          let strange = 0;
          const change = strangeRow(() => {
            strange += 1;
          });
          stage.proxy.interfere(rewrite(change));
          const { items, rejected } = await readAll<unknown>(rowsOf(stage.connect(), since)[at]);
          assert.ok(strange > 0, "no list passed by");
          assert.equal(items.length, (total[at] ?? 0) - 1);
          assert.ok(rejected.length >= 1, "the row vanished without a word");
          for (const { reason } of rejected) assert.ok(reason.length > 0);
        }
      },
    },
  ],
};
