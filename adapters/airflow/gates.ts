/** Decisions that a DAG waits for: human-in-the-loop tasks, from 3.1 on. They are answered in Airflow. */
import type { Page } from "../../src/adapter/contract.ts";
import type { ForeignGate } from "../../src/model/foreign.ts";
import { getList } from "./client.ts";
import { type Chunk, readList } from "./paging.ts";
import { type AirflowDecision, decisionRow } from "./rows.ts";
import type { Session, Talk } from "./session.ts";
import { isMapped, taskId, toTaskState } from "./tasks.ts";
import { toDate } from "./time.ts";
import { runUrl, siteOf } from "./translate.ts";
import { isTerminal } from "../../src/model/run-state.ts";

const DECISIONS_PER_PAGE = 100;

export async function* readGates(session: Session, talk: Talk): AsyncGenerator<Page<ForeignGate>> {
  if (!talk.dialect.decisions) {
    yield { items: [], rejected: [], readAt: (await session.detect(talk.signal)).readAt };
    return;
  }
  const path = `${talk.dialect.base}/dags/~/dagRuns/~/hitlDetails`;
  const chunks = readList({
    of: "decisions",
    limit: DECISIONS_PER_PAGE,
    rowsMayLeave: true,
    identify: decisionKey,
    fetch: (window) => getList(talk, "hitl_details", path, { ...window, response_received: false }),
  });
  for await (const chunk of chunks) yield gatePage(chunk, talk);
}

function gatePage({ rows, readAt }: Chunk, talk: Talk): Page<ForeignGate> {
  const parsed = rows.map((row) => ({ row, decision: decisionRow.safeParse(row) }));
  return {
    items: parsed.flatMap(({ decision }) =>
      decision.success && isAwaited(decision.data) ? [toGate(decision.data, talk)] : [],
    ),
    rejected: parsed.flatMap(({ row, decision }) =>
      decision.success
        ? []
        : [{ kind: "run", id: decisionKey(row), reason: "a decision nobody can read", sample: row }],
    ),
    readAt,
  };
}

/** A task that ran out of time or was skipped keeps its question for ever, and nobody is asked any more. */
function isAwaited({ task_instance }: AirflowDecision): boolean {
  const { state, native } = toTaskState(task_instance.state);
  return !isTerminal(state) && native.word !== "removed";
}

function toGate({ task_instance: task, ...decision }: AirflowDecision, talk: Talk): ForeignGate {
  const index = isMapped(task.map_index) ? `/mapped/${task.map_index}` : "";
  return {
    jobId: task.dag_id,
    runId: task.dag_run_id,
    gateId: taskId(task),
    title: decision.subject || task.task_id,
    text: decision.body || null,
    choices: decision.options,
    asked: decision.assigned_users.map(({ name, id }) => name || id || "").filter((name) => name !== ""),
    since: toDate(decision.created_at),
    url: `${runUrl(siteOf(talk), task.dag_id, task.dag_run_id)}/tasks/${encodeURIComponent(task.task_id)}${index}`,
  };
}

function decisionKey(row: unknown): string | null {
  const parsed = decisionRow.safeParse(row);
  if (!parsed.success) return null;
  const { task_instance: task } = parsed.data;
  return JSON.stringify([task.dag_id, task.dag_run_id, taskId(task)]);
}
