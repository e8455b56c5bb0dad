/** The present state of runs we name, and what an item of the queue has become. */
import type { Page, RejectedRow } from "../../src/adapter/contract.ts";
import { onFault } from "../../src/adapter/remote-error.ts";
import { readBody, readRows } from "../../src/adapter/rows.ts";
import type { ForeignRun, ForeignRunRef } from "../../src/model/foreign.ts";
import { readBuild, readNewest, readNumbered } from "./builds.ts";
import type { Jenkins } from "./client.ts";
import { readWaiting } from "./fleet.ts";
import { queueIdOf, readRunId } from "./names.ts";
import { buildRow, queueRow, type QueueRow } from "./rows.ts";
import { ITEM, MOST_BUILDS } from "./trees.ts";
import { type Site, toQueuedRun, toRun } from "./translate.ts";
import { inTurns } from "./turns.ts";

export interface Asking {
  readonly jenkins: Jenkins;
  readonly site: Site;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly runs: readonly ForeignRun[];
  readonly rejected: readonly RejectedRow[];
  readonly readAt: Date | null;
}

const NOBODY: Answer = { runs: [], rejected: [], readAt: null };
/** Up to here the items are asked for one by one; more of them are read from the queue as a whole first. */
const FEW = 8;

export async function observe(asking: Asking, refs: readonly ForeignRunRef[]): Promise<Page<ForeignRun>> {
  const builds = new Map<string, { readonly ids: Set<string>; readonly numbers: number[] }>();
  const items: { readonly jobId: string; readonly item: number }[] = [];
  for (const { jobId, runId } of refs) {
    const name = readRunId(runId);
    if (name?.kind === "item") items.push({ jobId, item: name.item });
    if (name?.kind !== "build") continue;
    const wanted = builds.get(jobId) ?? { ids: new Set(), numbers: [] };
    wanted.ids.add(runId);
    wanted.numbers.push(name.number);
    builds.set(jobId, wanted);
  }
  const answers = [
    ...(await inTurns([...builds], ([jobId, { ids, numbers }]) => observeBuilds(asking, jobId, ids, numbers))),
    ...(await observeItems(asking, items)),
  ];
  const runs = answers.flatMap((answer) => answer.runs);
  // Something is not there. That is believed only of a Jenkins that otherwise answers.
  const believed = runs.length < refs.length ? await readRoot(asking) : null;
  const times = [...answers.map(({ readAt }) => readAt), believed].flatMap((time) => time?.getTime() ?? []);
  return { items: runs, rejected: answers.flatMap(({ rejected }) => rejected), readAt: new Date(Math.min(...times)) };
}

async function readRoot({ jenkins, signal }: Asking): Promise<Date> {
  return (await jenkins.read("", "nodeName", signal)).readAt;
}

async function observeBuilds(
  asking: Asking,
  jobId: string,
  ids: ReadonlySet<string>,
  numbers: readonly number[],
): Promise<Answer> {
  const { jenkins, site, signal } = asking;
  // 404 is for a job that is gone, with all its builds.
  const chunks = await readNumbered(jenkins, jobId, numbers, signal).catch(onFault("missing", () => []));
  const pages = chunks.map((chunk) =>
    readRows(chunk.rows, chunk.readAt, {
      kind: "run",
      schema: buildRow,
      idField: "number",
      translate: (row) => ({ run: toRun(jobId, row, site, chunk.readAt), bare: String(row.number) }),
    }),
  );
  // By our whole name for it: the same number at another time is another build, and this one is gone.
  const runs = pages
    .flatMap(({ items }) => items)
    .flatMap(({ run, bare }) => (ids.has(run.runId) || ids.has(bare) ? [run] : []));
  return { runs, rejected: pages.flatMap(({ rejected }) => rejected), readAt: earliest(chunks) };
}

function earliest(parts: readonly { readonly readAt: Date }[]): Date | null {
  return parts.length === 0 ? null : new Date(Math.min(...parts.map(({ readAt }) => readAt.getTime())));
}

async function observeItems(
  asking: Asking,
  items: readonly { readonly jobId: string; readonly item: number }[],
): Promise<Answer[]> {
  const waiting = items.length > FEW ? await readWaiting(asking.jenkins, asking.signal) : null;
  const inQueue = new Map(waiting?.items.map((one) => [one.item.id, one]));
  return inTurns(items, async ({ jobId, item }) => {
    const there = inQueue.get(item);
    const seen = there?.jobId === jobId && waiting ? toQueuedRun(jobId, there.item, asking.site) : null;
    return seen ? { runs: [seen], rejected: [], readAt: waiting?.readAt ?? null } : observeItem(asking, jobId, item);
  });
}

async function observeItem(asking: Asking, jobId: string, id: number): Promise<Answer> {
  const found = await followItem(asking, jobId, id);
  return found ? { runs: [found.run], rejected: [], readAt: found.readAt } : NOBODY;
}

export interface Followed {
  readonly run: ForeignRun;
  readonly readAt: Date;
}

/**
 * Jenkins forgets an item five minutes after it left the queue, and at once when it is restarted. From then on only the
 * build itself still knows from which item it came.
 */
export async function followItem(asking: Asking, jobId: string, id: number): Promise<Followed | null> {
  const { jenkins, site, signal } = asking;
  const item = await readItem(asking, id);
  if (item === null) return findByItem(asking, jobId, id);
  const number = item.row.executable?.number;
  if (number === undefined) return { run: toQueuedRun(jobId, item.row, site), readAt: item.readAt };
  const build = await readBuild(jenkins, jobId, number, signal);
  // In the moment between leaving the queue and standing in the list it still is what it was.
  if (build === null) return { run: toQueuedRun(jobId, item.row, site), readAt: item.readAt };
  return { run: { ...toRun(jobId, build.row, site, build.readAt), formerly: queueIdOf(id) }, readAt: build.readAt };
}

export async function readItem(
  { jenkins, signal }: Asking,
  id: number,
): Promise<{ readonly row: QueueRow; readonly readAt: Date } | null> {
  const reply = await jenkins.read(`/queue/item/${id}`, ITEM, signal).catch(onFault("missing", () => null));
  return reply && { row: readBody(queueRow, reply, "an item of the queue"), readAt: reply.readAt };
}

async function findByItem({ jenkins, site, signal }: Asking, jobId: string, id: number): Promise<Followed | null> {
  const newest = await readNewest(jenkins, jobId, MOST_BUILDS, signal).catch(onFault("missing", () => null));
  for (const sample of newest?.rows ?? []) {
    const row = buildRow.safeParse(sample);
    if (newest && row.success && row.data.queueId === id)
      return { run: toRun(jobId, row.data, site, newest.readAt), readAt: newest.readAt };
  }
  return null;
}
