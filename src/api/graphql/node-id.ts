/** Global ids: `Run:<source>:<id>` in base64, so that nobody is tempted to take them apart. */
import { InputError } from "../../lib/input-error.ts";
import type { RowKey } from "../../store/read/row-key.ts";

export type NodeId =
  | { readonly type: "Source"; readonly id: number }
  | ({ readonly type: "Job" } & RowKey)
  | ({ readonly type: "Run" } & RowKey)
  | ({ readonly type: "Gate" } & RowKey)
  | ({ readonly type: "Action" } & RowKey);

const TEXT = /^(?:(Source):(\d{1,16})|(Job|Run|Gate|Action):(\d{1,16}):(\d{1,16}))$/;

export function sourceNodeId(id: number): string {
  return encode(`Source:${id}`);
}

export function rowNodeId(type: "Job" | "Run" | "Gate" | "Action", row: RowKey): string {
  return encode(`${type}:${row.sourceId}:${row.id}`);
}

export function parseNodeId(id: string, path = "id"): NodeId {
  const text = Buffer.from(id, "base64").toString("latin1");
  const match = TEXT.exec(text);
  const numbers = match ? [match[2], match[4], match[5]].filter((part) => part !== undefined).map(Number) : [];
  // Written anew it must come out the same: base64 has many spellings, and a cache has one place for each.
  if (!match || encode(text) !== id || !numbers.every(Number.isSafeInteger)) {
    throw new InputError(
      path,
      `"${id.slice(0, 80)}" is no id of ours; ids come from the field "id" and are kept as they are`,
    );
  }
  const [first = 0, second = 0] = numbers;
  if (match[1]) return { type: "Source", id: first };
  return { type: match[3] as "Job" | "Run" | "Gate" | "Action", sourceId: first, id: second };
}

export function parseNodeIdOf<T extends NodeId["type"]>(
  type: T,
  id: string,
  path = "id",
): Extract<NodeId, { type: T }> {
  const parsed = parseNodeId(id, path);
  if (parsed.type !== type) throw new InputError(path, `"${id}" is the id of a ${parsed.type}, not of a ${type}`);
  return parsed as Extract<NodeId, { type: T }>;
}

function encode(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}
