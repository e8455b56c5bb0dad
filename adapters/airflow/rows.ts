/**
 * The bodies Airflow answers with, as far as we read them. A row must name itself; everything else may be missing, of
 * another type or new, for no single odd field may cost us a row.
 */
import { z } from "zod";
import type { Json } from "../../src/model/json.ts";

// Half a surrogate pair can stand in JSON, but neither in a URL nor in a database.
const id = z
  .string()
  .min(1)
  .regex(/^\P{Surrogate}+$/u, "is no valid Unicode");
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

export const versionBody = z.object({ version: z.string().min(1) });

/** Both APIs wrap a list the same way; only the name of the list differs. */
export function listBody(name: string) {
  return z
    .object({ total_entries: z.number().int().nonnegative().nullish(), [name]: z.array(z.unknown()) })
    .transform((body) => ({ rows: body[name] as unknown[], total: (body["total_entries"] as number | null) ?? null }));
}

export const dagRow = z.object({
  dag_id: id,
  dag_display_name: text,
  description: text,
  is_paused: flag,
  is_active: flag,
  is_stale: flag,
  has_import_errors: flag,
  fileloc: text,
  relative_fileloc: text,
  bundle_name: text,
  owners: z.array(z.string()).catch([]).default([]),
  tags: z
    .array(z.object({ name: z.string() }))
    .nullish()
    .catch(null),
  schedule_interval: z.unknown().optional(),
  timetable_summary: text,
  timetable_description: text,
  next_dagrun_create_after: text,
  next_dagrun_run_after: text,
});

export const runRow = z.object({
  dag_id: id,
  dag_run_id: id,
  state: text,
  run_type: text,
  external_trigger: flag,
  triggered_by: text,
  triggering_user_name: text,
  queued_at: text,
  start_date: text,
  end_date: text,
  note: text,
  conf: z.custom<Json>().optional(),
});

export const importErrorRow = z.object({ filename: z.string(), bundle_name: text, stack_trace: text });

const whole = z.number().int().nullish().catch(null);

export const taskRow = z.object({
  dag_id: id,
  task_id: id,
  task_display_name: text,
  map_index: whole,
  rendered_map_index: text,
  state: text,
  try_number: whole,
  max_tries: whole,
  start_date: text,
  end_date: text,
});

const dagReferences = z
  .array(z.object({ dag_id: text }))
  .catch([])
  .default([]);

/** 2.x calls the DAGs that wait for it consuming, 3.x scheduled; there the consuming ones are tasks. */
export const assetRow = z.object({
  uri: z.string().min(1),
  producing_tasks: dagReferences,
  consuming_dags: dagReferences,
  scheduled_dags: dagReferences,
  consuming_tasks: dagReferences,
});

export const decisionRow = z.object({
  task_instance: taskRow.extend({ dag_run_id: id }),
  subject: text,
  body: text,
  options: z.array(z.string()).catch([]).default([]),
  assigned_users: z
    .array(z.object({ id: text, name: text }))
    .catch([])
    .default([]),
  created_at: text,
});

export const valueKeyRow = z.object({ task_id: id, map_index: whole, key: z.string().min(1) });

export const valueBody = z.object({ value: z.custom<Json>().optional() });

const part = z.object({ status: text, latest_scheduler_heartbeat: text }).nullish().catch(null);

export const healthBody = z.object({ metadatabase: part, scheduler: part, triggerer: part, dag_processor: part });

export const tokenBody = z.object({ access_token: z.string().min(1) });

export type AirflowDag = z.infer<typeof dagRow>;
export type AirflowRun = z.infer<typeof runRow>;
export type AirflowImportError = z.infer<typeof importErrorRow>;
export type AirflowTask = z.infer<typeof taskRow>;
export type AirflowAsset = z.infer<typeof assetRow>;
export type AirflowDecision = z.infer<typeof decisionRow>;
export type AirflowValueKey = z.infer<typeof valueKeyRow>;
export type AirflowHealth = z.infer<typeof healthBody>;
