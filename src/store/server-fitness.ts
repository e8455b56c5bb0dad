/** Whether a PostgreSQL, and the path to it, can carry us: asked at start, answered in words that tell what to do. */
import { sql } from "kysely";
import { InputError } from "../lib/input-error.ts";
import type { Db } from "./db.ts";

export const OLDEST_MAJOR = 15;

export interface Server {
  readonly versionNumber: number;
  /** As the server has it. Ours is never 0, so a 0 was put there by something in between. */
  readonly lockTimeout: string;
}

export async function refuseUnfitServer(db: Db): Promise<void> {
  const { rows } = await sql<Server>`
    select current_setting('server_version_num')::integer as "versionNumber", current_setting('lock_timeout') as "lockTimeout"`
    .execute(db)
    .catch((error: unknown) => {
      throw isRefusedByPooler(error) ? new InputError("DATABASE_URL", POOLER, { cause: error }) : error;
    });
  const objection = rows[0] ? objectionTo(rows[0]) : null;
  if (objection) throw new InputError("DATABASE_URL", objection);
}

export function objectionTo({ versionNumber, lockTimeout }: Server): string | null {
  const major = Math.floor(versionNumber / 10_000);
  if (major < OLDEST_MAJOR) return `PostgreSQL ${major} is too old; Tutti needs ${OLDEST_MAJOR} or later`;
  return lockTimeout === "0" ? POOLER : null;
}

const POOLER =
  "leads through a pooler that keeps our deadlines from PostgreSQL; name the server itself, or a pool in session mode " +
  "that passes them on";

/** PgBouncer's answer to a setting that it does not know. */
export function isRefusedByPooler(error: unknown): boolean {
  return /unsupported startup parameter/.test((error as Error).message);
}
