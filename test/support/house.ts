/** The house as the code stands: its rooms, their floors, and which file imports which. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export interface Room {
  readonly floor: number;
  readonly purpose: string;
  /** Set where a room may use less than what lies below it. */
  readonly only?: readonly string[];
}

export const ROOMS: Readonly<Record<string, Room>> = {
  "src/main.ts": { floor: 7, purpose: "the composition root: services made, started and stopped" },
  "src/boot": { floor: 7, purpose: "what happens once at the start: settings, first run, the demo fleet" },
  "src/cli": {
    floor: 7,
    purpose: "one file a command; a client of the API",
    // `up` alone starts the house, through main.
    only: ["src/main.ts", "src/boot", "src/model", "src/lib"],
  },
  "src/api": { floor: 6, purpose: "GraphQL and HTTP: the face of the house" },
  adapters: { floor: 5, purpose: "a folder a tool", only: ["src/adapter", "src/model", "src/lib"] },
  "src/sync": { floor: 5, purpose: "foreign truth in: list, plan, apply" },
  "src/engine": { floor: 5, purpose: "effects out: what is asked of the tools, and what became of it" },
  "src/chores": { floor: 5, purpose: "what is cleared away at night, each a claimed row" },
  "src/ledger": { floor: 5, purpose: "what should have run" },
  "src/migration": { floor: 5, purpose: "a job's move from one tool to another" },
  "src/interop": { floor: 5, purpose: "other formats out" },
  "src/governance": { floor: 4, purpose: "who may do what" },
  "src/documents": { floor: 3, purpose: "what people write: YAML with positions" },
  "src/adapter": { floor: 3, purpose: "the contract, the HTTP boundary, the conformance suite" },
  "src/store": { floor: 3, purpose: "Postgres: pool, migrations, one file of queries per family" },
  "src/expression": { floor: 2, purpose: "CEL with its guards" },
  "src/telemetry": { floor: 2, purpose: "every metric, and the logger" },
  "src/model": { floor: 1, purpose: "the words and their pure rules" },
  "src/lib": { floor: 0, purpose: "knows no word of the domain" },
};

const root = resolve(import.meta.dirname, "../..");

export function filesOf(folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [folder];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => join(folder, file));
}

export function roomOf(file: string): string | null {
  return Object.keys(ROOMS).find((room) => file === room || file.startsWith(`${room}/`)) ?? null;
}

export function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g);
  return [...found].map((match) => relative(root, resolve(root, dirname(file), match[1] ?? "")));
}

/** For every room that exists, how often it imports each other room. */
export function importsBetweenRooms(): Map<string, Map<string, number>> {
  const rooms = Object.keys(ROOMS).filter((room) => filesOf(room).length > 0);
  return new Map(rooms.map((room) => [room, countImports(room)]));
}

function countImports(room: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const target of filesOf(room).flatMap(importsOf).map(roomOf)) {
    if (target && target !== room) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return counts;
}
