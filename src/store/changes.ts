/**
 * Who changed what, told to every replica after the commit: NOTIFY out, LISTEN in. It carries ids and no data, and it
 * may be lost with a connection; then `onGap` says so, and a listener reads everything anew.
 */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { Client, type QueryConfig } from "pg";
import type { Service } from "../lib/service.ts";
import type { Change } from "../model/change.ts";
import type { Logger } from "../telemetry/log.ts";
import { packChanges, unpackChanges } from "./change-payload.ts";
import { connectionConfig } from "./connection.ts";
import type { Db } from "./db.ts";

const CHANNEL = "tutti_changes";

/** Inside a transaction it is heard when that commits, and never when it does not. */
export async function announceChanges(db: Db, changes: readonly Change[]): Promise<void> {
  for (const payload of packChanges(changes)) await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(db);
}

export interface ChangeListener {
  readonly url: string;
  readonly log: Logger;
  readonly onChange: (change: Change) => void;
  /** Something may have been missed. */
  readonly onGap: () => void;
  /** How often a silent connection is asked whether it still stands: a dead path looks just like a quiet fleet. */
  readonly heartbeatMs?: number;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** `start` resolves when it listens, or throws when it cannot. Later losses are repaired in the background. */
export function listenForChanges(listener: ChangeListener): Service {
  let stopping: AbortController | null = null;
  let running: Promise<void> = Promise.resolve();

  return {
    async start() {
      if (stopping) return;
      stopping = new AbortController();
      const first = await connect(listener).catch((error: unknown) => {
        stopping = null;
        throw error;
      });
      running = keepListening(first, listener, stopping.signal);
    },
    async stop() {
      stopping?.abort();
      await running;
      stopping = null;
    },
  };
}

interface Line {
  /** Resolves when nothing will be heard any more. */
  readonly lost: Promise<void>;
  end(): Promise<void>;
}

async function keepListening(first: Line, listener: ChangeListener, stopping: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve(), { once: true }));
  let line: Line | null = first;
  while (line) {
    await Promise.race([line.lost, stopped]);
    await line.end();
    line = stopping.aborted ? null : await reconnect(listener, stopping);
    // Only now: what is read from here on, LISTEN covers.
    if (line) listener.onGap();
  }
}

async function reconnect(listener: ChangeListener, stopping: AbortSignal): Promise<Line | null> {
  for (let waitMs = FIRST_WAIT_MS; !stopping.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await connect(listener);
    } catch (error) {
      listener.log.warn({ err: error }, "cannot listen for changes, trying again");
      // Spread, so that the replicas do not all come back in the same instant.
      await pause(waitMs * (0.5 + Math.random()), undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}

async function connect({ url, log, onChange, heartbeatMs = 10_000 }: ChangeListener): Promise<Line> {
  const client = new Client(connectionConfig(url, "tutti changes"));
  let ending = false;
  const lost = new Promise<void>((resolve) => {
    client.on("end", () => resolve());
    client.on("error", (error) => {
      if (!ending) log.warn({ err: error }, "the connection that listens for changes was lost");
      resolve();
    });
  });
  client.on("notification", ({ payload }) => {
    for (const change of unpackChanges(payload ?? "")) onChange(change);
  });
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
  } catch (error) {
    destroy(client);
    throw error;
  }
  const beat = { text: "select 1", query_timeout: heartbeatMs / 2 } as QueryConfig;
  const heart = setInterval(() => void client.query(beat).catch(() => destroy(client)), heartbeatMs);
  return {
    lost,
    async end() {
      ending = true;
      clearInterval(heart);
      destroy(client);
    },
  };
}

/** There is nothing to say goodbye to, and a goodbye over a dead path would wait for its answer. */
function destroy(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
