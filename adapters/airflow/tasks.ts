/** The task instances of one run: its pieces, each with its own state, tries and log. */
import type { RunPart } from "../../src/adapter/contract.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { RunState } from "../../src/model/run-state.ts";
import { runPath } from "./calls.ts";
import { field, getList } from "./client.ts";
import { readList } from "./paging.ts";
import { type AirflowTask, taskRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import { toDate } from "./time.ts";

const TASKS_PER_PAGE = 100;

/** A mapped task may have fifty thousand instances. Nobody reads on after these. */
const MOST_TASKS = 1_000;

export interface Tasks {
  readonly tasks: readonly AirflowTask[];
  /** How many were left out. */
  readonly more: number;
}

export async function readTasks(talk: Talk, ref: ForeignRunRef, states?: readonly string[]): Promise<Tasks> {
  const path = `${runPath(talk, ref)}/taskInstances`;
  const chunks = readList({
    of: "task instances",
    limit: TASKS_PER_PAGE,
    rowsMayLeave: false,
    identify: taskKey,
    fetch: (window) => getList(talk, "task_instances", path, { ...window, state: states }),
  });
  const tasks: AirflowTask[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    tasks.push(...chunk.rows.map((row) => taskRow.safeParse(row)).flatMap((row) => (row.success ? [row.data] : [])));
    total = chunk.total ?? tasks.length;
    if (tasks.length >= MOST_TASKS) break;
  }
  return { tasks, more: Math.max(0, total - tasks.length) };
}

export async function readParts(talk: Talk, ref: ForeignRunRef): Promise<readonly RunPart[]> {
  const { tasks, more } = await readTasks(talk, ref);
  const parts = tasks.map(toPart);
  return more === 0 ? parts : [...parts, ...(await countRest(talk, ref, tasks))];
}

/** What is too much to be listed is counted, a line for each state: one row is asked for, and the total is told. */
async function countRest(talk: Talk, ref: ForeignRunRef, shown: readonly AirflowTask[]): Promise<RunPart[]> {
  const path = `${runPath(talk, ref)}/taskInstances`;
  const rest: RunPart[] = [];
  for (const word of Object.keys(TASK_STATES)) {
    const { total } = await getList(talk, "task_instances", path, { limit: 1, state: [word] });
    const count = (total ?? 0) - shown.filter(({ state }) => wordOf(state) === word).length;
    if (count > 0) rest.push(toSummary(word, count));
  }
  return rest;
}

function toSummary(word: string, count: number): RunPart {
  const times = { startedAt: null, endedAt: null };
  return { id: `… ${word}`, name: `and ${count} more: ${word}`, ...toTaskState(word), attempt: 0, ...times };
}

export function toPart(task: AirflowTask): RunPart {
  return {
    id: taskId(task),
    name: nameOf(task),
    ...toTaskState(task.state),
    attempt: task.try_number ?? 0,
    startedAt: toDate(task.start_date),
    endedAt: toDate(task.end_date),
  };
}

/** `load`, or `load[3]` where it is the fourth of a mapped task. */
export function taskId({ task_id, map_index }: Pick<AirflowTask, "task_id" | "map_index">): string {
  return isMapped(map_index) ? `${task_id}[${map_index}]` : task_id;
}

function nameOf({ task_id, task_display_name, map_index, rendered_map_index }: AirflowTask): string {
  const name = task_display_name || task_id;
  return isMapped(map_index) ? `${name}[${rendered_map_index || map_index}]` : name;
}

export function isMapped(mapIndex: number | null | undefined): mapIndex is number {
  return typeof mapIndex === "number" && mapIndex >= 0;
}

const TASK_STATES: Readonly<Record<string, RunState>> = {
  none: "queued",
  scheduled: "queued",
  queued: "queued",
  running: "running",
  restarting: "running",
  deferred: "waiting",
  up_for_reschedule: "waiting",
  up_for_retry: "waiting",
  success: "succeeded",
  failed: "failed",
  // It never ran: what it needed had failed.
  upstream_failed: "failed",
  skipped: "skipped",
  removed: "unknown",
};

export function toTaskState(state: string | null | undefined): Pick<RunPart, "state" | "native"> {
  const word = wordOf(state);
  const ours = Object.hasOwn(TASK_STATES, word) ? TASK_STATES[word] : undefined;
  if (ours === undefined) return { state: "unknown", native: { word, rule: "no-rule" } };
  return { state: ours, native: { word, rule: `task.${word}` } };
}

/** A task that the scheduler has not looked at has no state, which `none` stands for in a question. */
function wordOf(state: string | null | undefined): string {
  return state || "none";
}

function taskKey(row: unknown): string | null {
  const [task, index] = [field("task_id")(row), field("map_index")(row)];
  return task === null ? null : `${task}[${index ?? -1}]`;
}
