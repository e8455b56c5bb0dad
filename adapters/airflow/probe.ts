/** Asks an Airflow how it is, what we may read there, and what time it has. */
import type { Probe } from "../../src/adapter/contract.ts";
import { getHealth, mayRead } from "./client.ts";
import { collectImportErrors } from "./import-errors.ts";
import type { Dialect } from "./dialect.ts";
import type { AirflowHealth } from "./rows.ts";
import type { Session, Talk } from "./session.ts";

/** What we read, and the right that Airflow's own pages of roles name for it. */
function rightsIn({ api, assets, decisions }: Dialect): readonly (readonly [string, string])[] {
  return [
    ["/dags", "can read on DAGs"],
    ["/dags/~/dagRuns", "can read on DAG Runs"],
    ["/dags/~/dagRuns/~/taskInstances", "can read on Task Instances"],
    ["/importErrors", "can read on ImportError"],
    ...(assets ? [api === "v1" ? (["/datasets", "can read on Datasets"] as const) : ASSETS] : []),
    ...(decisions ? [DECISIONS] : []),
  ];
}

const ASSETS = ["/assets", "can read on Assets"] as const;
const DECISIONS = ["/dags/~/dagRuns/~/hitlDetails", "can read on HITL Detail"] as const;

const NAMED_FILES = 3;

export async function probe(session: Session, now: () => Date, signal: AbortSignal): Promise<Probe> {
  const { talk, readAt, dated } = await session.detect(signal);
  const answeredAt = now();
  const [missingRights, health] = await Promise.all([findMissingRights(talk), getHealth(talk)]);
  return {
    version: talk.dialect.version,
    missingRights,
    troubles: [...troublesOf(health), ...(await importTroubles(talk))],
    clockSkewMs: dated ? skewOf(readAt, answeredAt) : null,
  };
}

async function findMissingRights(talk: Talk): Promise<string[]> {
  const checks = rightsIn(talk.dialect).map(async ([path, right]) => ((await mayRead(talk, path)) ? [] : [right]));
  return (await Promise.all(checks)).flat();
}

/** `200 OK` tells nothing here: an Airflow whose scheduler died answers it too. */
export function troublesOf(health: AirflowHealth): string[] {
  return Object.entries(health).flatMap(([name, part]) => {
    // No status at all: this part is not deployed.
    if (!part?.status || part.status === "healthy") return [];
    const since = part.latest_scheduler_heartbeat ? ` since ${part.latest_scheduler_heartbeat}` : "";
    return [`${name}: ${part.status}${since}`];
  });
}

async function importTroubles(talk: Talk): Promise<string[]> {
  const { files } = await collectImportErrors(talk);
  if (files.length === 0) return [];
  const more = files.length > NAMED_FILES ? ` and ${files.length - NAMED_FILES} more` : "";
  return [`import errors: ${files.slice(0, NAMED_FILES).join(", ")}${more}`];
}

/** `Date` counts whole seconds, so ours is cut to the same. */
function skewOf(theirs: Date, ours: Date): number {
  return theirs.getTime() - Math.floor(ours.getTime() / 1_000) * 1_000;
}
