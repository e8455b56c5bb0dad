/** The log of a run is the logs of its tasks: of those that failed, where it failed, and of the last ones otherwise. */
import type { LogRange, LogText } from "../../src/adapter/contract.ts";
import type { HttpReply } from "../../src/adapter/http/http.ts";
import { isFault, RemoteError } from "../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { readRun, runPath } from "./calls.ts";
import { readLogText } from "./log-text.ts";
import type { AirflowRun, AirflowTask } from "./rows.ts";
import type { Talk } from "./session.ts";
import { isMapped, readTasks, taskId, toTaskState } from "./tasks.ts";
import { toDate } from "./time.ts";
import { isOver } from "./translate.ts";

/** Each is a request, and whoever wants more of them opens Airflow. */
const MOST_TASKS = 5;

/** 3.x wraps every line in JSON, several times as long as its text. */
const WRAPPING = 8;
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;

export async function readLog(talk: Talk, ref: ForeignRunRef, { tail }: LogRange): Promise<LogText> {
  const run = await readRun(talk, ref);
  const { tasks } = await readTasks(talk, ref);
  const chosen = chooseTasks(tasks, run);
  if (chosen.length === 0) return { text: "", cut: false, missing: "no task of this run has begun" };

  const sections: Section[] = [];
  let bytes = 0;
  // From the end, and no further than the reader wants to see.
  for (const task of chosen.toReversed()) {
    if (bytes > tail) break;
    const section = await readSection(talk, ref, task, tail);
    sections.unshift(section);
    bytes += Buffer.byteLength(section.text);
  }
  return join(sections, { tail, leftOut: chosen.length - sections.length });
}

/** Those that say most of the run's present state, in the order in which they began. */
export function chooseTasks(tasks: readonly AirflowTask[], run: Pick<AirflowRun, "state">): AirflowTask[] {
  const begun = tasks.filter(({ try_number, start_date }) => (try_number ?? 0) > 0 && toDate(start_date) !== null);
  const telling = begun.filter(({ state }) => {
    const ours = toTaskState(state).state;
    return isOver(run) ? run.state === "failed" && ours === "failed" : ours === "running" || ours === "waiting";
  });
  return (telling.length > 0 ? telling : begun).sort((a, b) => begunAt(a) - begunAt(b)).slice(-MOST_TASKS);
}

function begunAt({ start_date }: AirflowTask): number {
  return toDate(start_date)?.getTime() ?? 0;
}

interface Section {
  readonly text: string;
  readonly cut: boolean;
  /** Why there is nothing to read. */
  readonly missing: string | null;
}

async function readSection(talk: Talk, ref: ForeignRunRef, task: AirflowTask, tail: number): Promise<Section> {
  const title = `${taskId(task)}, try ${task.try_number ?? 0}`;
  try {
    const reply = await fetchLog(talk, ref, task, tail);
    const body = readLogText(textOf(reply), reply.headers["content-type"] ?? "", reply.cut === true);
    if (body.trim() === "") return { text: "", cut: false, missing: `Airflow keeps no log of ${title}` };
    return { text: `*** ${title}\n${body.trimEnd()}\n`, cut: reply.cut === true, missing: null };
  } catch (error) {
    return { text: "", cut: false, missing: whyMissing(error, title) };
  }
}

/** Both APIs can stream it, as text or as lines of JSON; asked for one JSON they would hold it whole. */
function fetchLog(talk: Talk, ref: ForeignRunRef, task: AirflowTask, tail: number): Promise<HttpReply> {
  const { http, dialect, signal } = talk;
  const path = `${runPath(talk, ref)}/taskInstances/${encodeURIComponent(task.task_id)}/logs/${task.try_number ?? 1}`;
  return http.get(path, {
    signal,
    query: { full_content: true, ...(isMapped(task.map_index) ? { map_index: task.map_index } : {}) },
    headers: { accept: dialect.api === "v1" ? "text/plain" : "application/x-ndjson" },
    as: "text",
    keep: "end",
    maxBytes: Math.min(Math.max(tail * WRAPPING, LEAST_BYTES), MOST_BYTES),
  });
}

/** The worker that ran the task is often gone, and its log with it. That is no fault of Airflow's, nor of ours. */
function whyMissing(error: unknown, title: string): string {
  if (isFault(error, "missing")) return `Airflow keeps no log of ${title}`;
  if (error instanceof RemoteError && error.status === 500) return `Airflow cannot read the log of ${title}`;
  throw error;
}

function join(sections: readonly Section[], { tail, leftOut }: { tail: number; leftOut: number }): LogText {
  const text = sections.map((section) => section.text).join("");
  if (text === "") return { text: "", cut: false, missing: sections.at(-1)?.missing ?? null };
  const end = lastBytes(text, tail);
  return { text: end, cut: end.length < text.length || leftOut > 0 || sections.some(({ cut }) => cut), missing: null };
}

/** Never half a character: what was cut in two at the front is left out. */
function lastBytes(text: string, most: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= most) return text;
  let from = bytes.length - most;
  while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from).toString("utf8");
}

function textOf({ body }: HttpReply): string {
  return typeof body === "string" ? body : "";
}
