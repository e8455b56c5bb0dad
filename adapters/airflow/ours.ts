/** How Airflow shows what we did: a run id that carries our key, a note that says we cancelled. */

/** No prefix of Airflow's own (`manual__`, `scheduled__`, …), which it refuses or takes for generated. */
const KEY_PREFIX = "tutti__";

/** Airflow knows no cancelled. Our note on a failed run tells the two apart even after our database was rebuilt. */
const CANCEL_MARK = /^cancelled via Tutti\b/m;

/** Airflow's own limit on a note. Whatever stands behind it was not written by us. */
const NOTE_LENGTH = 1_000;

export function keyOf(runId: string): string | null {
  return runId.startsWith(KEY_PREFIX) && runId.length > KEY_PREFIX.length ? runId.slice(KEY_PREFIX.length) : null;
}

export function runIdOf(key: string): string {
  return `${KEY_PREFIX}${key}`;
}

export function weCancelled(note: string | null | undefined): boolean {
  return CANCEL_MARK.test((note ?? "").slice(0, NOTE_LENGTH));
}
