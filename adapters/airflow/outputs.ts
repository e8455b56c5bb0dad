/** What the tasks of a run handed on: Airflow's XComs, by task and key. */
import { isFault } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { Json } from "../../src/model/json.ts";
import { runPath } from "./calls.ts";
import { field, getList } from "./client.ts";
import { readList } from "./paging.ts";
import { type AirflowValueKey, valueBody, valueKeyRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import { isMapped, taskId } from "./tasks.ts";

const KEYS_PER_PAGE = 100;

/** Each value is a request of its own. */
const MOST_VALUES = 50;
const AT_ONCE = 4;

/** XComs are meant to be small, and nothing in Airflow keeps them so. */
const MOST_BYTES = 256 * 1024;

/** Airflow's own, for its own use: what was skipped, and where buttons lead. */
const INTERNAL = /^(skipmixin_key$|_link_)/;

const SECRET = /pass(word|wd|phrase)|secret|token|credential|api_?key|private_?key/i;

export async function readOutputs(talk: Talk, ref: ForeignRunRef): Promise<Json> {
  const keys = await listKeys(talk, ref);
  const shown = keys.slice(0, MOST_VALUES);
  const outputs: Record<string, Record<string, Json>> = {};
  for (let at = 0; at < shown.length; at += AT_ONCE) {
    const some = shown.slice(at, at + AT_ONCE);
    const values = await Promise.all(some.map((entry) => readValue(talk, ref, entry)));
    for (const [nth, entry] of some.entries()) {
      outputs[taskId(entry)] = { ...outputs[taskId(entry)], [entry.key]: values[nth] ?? null };
    }
  }
  return keys.length > shown.length ? { ...outputs, "left out": `${keys.length - shown.length} more values` } : outputs;
}

/** One list for the whole run; it names the values and does not hold them. */
async function listKeys(talk: Talk, ref: ForeignRunRef): Promise<AirflowValueKey[]> {
  const path = `${runPath(talk, ref)}/taskInstances/~/xcomEntries`;
  const chunks = readList({
    of: "XComs",
    limit: KEYS_PER_PAGE,
    rowsMayLeave: false,
    identify: (row) => ["task_id", "map_index", "key"].map((name) => field(name)(row)).join("\n"),
    fetch: (window) => getList(talk, "xcom_entries", path, { ...window }),
  });
  const keys: AirflowValueKey[] = [];
  for await (const { rows } of chunks) {
    for (const row of rows) {
      const parsed = valueKeyRow.safeParse(row);
      if (parsed.success && !INTERNAL.test(parsed.data.key)) keys.push(parsed.data);
    }
    // Enough to tell that there are more than anybody is shown.
    if (keys.length > 20 * MOST_VALUES) break;
  }
  return keys;
}

async function readValue(talk: Talk, ref: ForeignRunRef, entry: AirflowValueKey): Promise<Json> {
  if (SECRET.test(entry.key)) return REDACTED;
  const { http, dialect, signal } = talk;
  const [task, key] = [entry.task_id, entry.key].map(encodeURIComponent);
  const query = {
    ...(isMapped(entry.map_index) ? { map_index: entry.map_index } : {}),
    // Left to itself, 2.x answers with the text that Python would print.
    ...(dialect.nativeValues ? { stringify: false } : {}),
  };
  const path = `${runPath(talk, ref)}/taskInstances/${task}/xcomEntries/${key}`;
  try {
    const reply = await http.get(path, { signal, query, maxBytes: MOST_BYTES });
    return withoutSecrets(readBody(valueBody, reply, "a value").value ?? null);
  } catch (error) {
    if (isFault(error, "malformed")) return { "left out": error.message };
    // It was there when the list was read: cleared since, or kept elsewhere by a backend that lost it.
    if (isFault(error, "missing")) return { "left out": "it is gone" };
    throw error;
  }
}

const REDACTED = "[redacted]";

/** A task may hand on a whole answer, its token included. What calls itself a secret does not leave Airflow through us. */
export function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET.test(key) ? REDACTED : withoutSecrets(inner)]),
  );
}
