/** Rows as Airflow answers them, with what matters to a test filled in by the test. */
import { type AirflowDag, type AirflowRun, dagRow, runRow } from "../../../../adapters/airflow/rows.ts";

export function dag(fields: object = {}): AirflowDag {
  return dagRow.parse({ dag_id: "load_ledger", is_paused: false, ...fields });
}

export function run(fields: object = {}): AirflowRun {
  return runRow.parse({ dag_id: "load_ledger", dag_run_id: "manual__1", state: "running", ...fields });
}
