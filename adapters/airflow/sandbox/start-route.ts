/** `POST /dags/{dag_id}/dagRuns`: a new run, unless its id or its date is taken. */
import type { FastifyInstance } from "fastify";
import type { Json } from "../../../src/model/json.ts";
import { readTime } from "./query.ts";
import type { RunRow } from "./rows.ts";
import type { Server } from "./server.ts";
import { Refusal } from "./tongue.ts";

/** `[scheduler] allowed_run_id_pattern` as it ships. */
const RUN_ID = /^[A-Za-z0-9_.~:+-]+$/;
const RESERVED = /^(scheduled|backfill|dataset_triggered|asset_triggered)__/;
const LONGEST_RUN_ID = 250;

const KNOWN_FIELDS = {
  v1: ["dag_run_id", "logical_date", "execution_date", "conf", "note", "data_interval_start", "data_interval_end"],
  v2: ["dag_run_id", "logical_date", "run_after", "conf", "note", "data_interval_start", "data_interval_end"],
} as const;

export function startRoute(app: FastifyInstance, server: Server): void {
  app.post<{ Params: { readonly dagId: string } }>("/dags/:dagId/dagRuns", async ({ params: { dagId }, body }) => {
    const { db, tongue } = server;
    if (server.quirks.forbidden.has("dagRuns")) throw tongue.refuse(403, "Forbidden");
    const dag = db.dags.get(dagId);
    if (!dag || dag.stale) throw tongue.refuse(404, `DAG with dag_id: '${dagId}' not found`);
    if (dag.importError !== null) throw tongue.refuse(400, `DAG with dag_id: '${dagId}' has import errors`);
    const run = readStart(body, dagId, server);
    refuseDuplicate(run, server);
    if (tongue.api === "v1") await lookThenWrite(run, server);
    return server.run(db.runs.insert(run));
  });
}

/** Between the look of 2.x and its writing there is time for another request, and for that it has no words. */
async function lookThenWrite(run: Omit<RunRow, "id">, { db }: Server): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  if (db.runs.get(run.dagId, run.runId)) throw new Refusal(500, "<!DOCTYPE html><title>Ooops!</title>", "text/html");
}

function readStart(body: unknown, dagId: string, server: Server): Omit<RunRow, "id"> {
  const { tongue, db } = server;
  const form = (body ?? {}) as Readonly<Record<string, unknown>>;
  const known: readonly string[] = KNOWN_FIELDS[tongue.api];
  const odd = Object.keys(form).find((key) => !known.includes(key));
  if (odd !== undefined) throw tongue.invalid(["body", odd], "Extra inputs are not permitted");
  // Nullable, and required all the same.
  if (tongue.api === "v2" && !("logical_date" in form))
    throw tongue.invalid(["body", "logical_date"], "Field required");

  const now = db.now();
  const given = form["logical_date"] ?? form["execution_date"] ?? null;
  const logicalDate = given === null ? null : readTime(given, tongue, ["body", "logical_date"]);
  const runAfter = form["run_after"] ? readTime(form["run_after"], tongue, ["body", "run_after"]) : now;
  return {
    dagId,
    runId: readRunId(form["dag_run_id"], runAfter, server),
    runType: "manual",
    triggeredBy: "rest_api",
    user: server.login.username,
    conf: (form["conf"] as Json | undefined) ?? {},
    logicalDate: tongue.api === "v1" ? (logicalDate ?? now) : logicalDate,
    runAfter,
    state: "queued",
    note: (form["note"] as string | undefined) ?? null,
    queuedAt: now,
    startDate: null,
    endDate: null,
    updatedAt: now,
  };
}

function readRunId(given: unknown, at: number, { tongue }: Server): string {
  if (given === undefined || given === null) return `manual__${new Date(at).toISOString().replace("Z", "000+00:00")}`;
  const text = typeof given === "string" ? given : JSON.stringify(given);
  if (RESERVED.test(text)) throw tongue.refuse(400, `The dag_run_id ${text} begins with a reserved prefix`);
  if (!RUN_ID.test(text) || text.length > LONGEST_RUN_ID) {
    throw tongue.refuse(400, `The run_id provided '${text}' does not match regex pattern '${RUN_ID.source}'`);
  }
  return text;
}

/** 2.x looks at the date first, and names what is taken; 3.x lets its database say no, without a reason. */
function refuseDuplicate({ dagId, runId, logicalDate }: Omit<RunRow, "id">, { db, tongue }: Server): void {
  const sameDate =
    logicalDate === null ? undefined : db.runs.ofDag(dagId).find((run) => run.logicalDate === logicalDate);
  if (sameDate) throw tongue.duplicate("date", sameDate);
  const sameId = db.runs.get(dagId, runId);
  if (sameId) throw tongue.duplicate("id", sameId);
}
