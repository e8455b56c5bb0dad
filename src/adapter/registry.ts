/** The adapters this house knows, by kind; and the one place where a config meets its schema. */
import { z } from "zod";
import { InputError } from "../lib/input-error.ts";
import { suggestion } from "../lib/suggestion.ts";
import type { Adapter, Remote } from "./contract.ts";
import { createHost, type HostDeps } from "./host.ts";

export interface Registry {
  readonly kinds: readonly string[];
  readonly adapters: readonly Adapter[];
  get(kind: string): Adapter;
  /** Every mistake of a config, each with its path below `config`; empty when it is right. */
  mistakes(kind: string, config: unknown): readonly ConfigMistake[];
  /** Where people open the tool. */
  address(kind: string, config: unknown): string;
  connect(kind: string, config: unknown, deps: HostDeps): Remote;
}

export interface ConfigMistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function createRegistry(adapters: readonly Adapter[]): Registry {
  const byKind = new Map(adapters.map((adapter) => [adapter.kind, adapter]));
  const kinds = [...byKind.keys()].sort();

  function get(kind: string): Adapter {
    const adapter = byKind.get(kind);
    if (!adapter) throw new InputError("adapter", `no adapter "${kind}"${meant(kind, kinds)}`);
    return adapter;
  }

  return {
    kinds,
    adapters,
    get,
    mistakes: (kind, config) => readConfig(get(kind), config).mistakes,
    address: (kind, config) => get(kind).address(validConfig(get(kind), config)),
    connect: (kind, config, deps) => get(kind).connect(validConfig(get(kind), config), createHost(deps)),
  };
}

function validConfig(adapter: Adapter, config: unknown): unknown {
  const { value, mistakes } = readConfig(adapter, config);
  const [first] = mistakes;
  if (!first) return value;
  const all = mistakes.map(({ path, message }) => `${printPath(path)}: ${message}`).join("; ");
  throw new InputError(printPath(first.path), all);
}

function readConfig(adapter: Adapter, config: unknown): { value: unknown; mistakes: ConfigMistake[] } {
  const result = adapter.config.safeParse(config);
  if (result.success) return { value: result.data, mistakes: [] };
  return { value: null, mistakes: result.error.issues.flatMap((issue) => mistakesOf(issue, adapter.config)) };
}

function mistakesOf(issue: z.core.$ZodIssue, schema: z.ZodType): ConfigMistake[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  const known = schema instanceof z.ZodObject && path.length === 0 ? Object.keys(schema.shape) : [];
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: `no such setting${meant(key, known)}`,
  }));
}

function printPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}.${step}`),
    "config",
  );
}

/** Below the first level a schema does not tell what may stand there. */
function meant(word: string, known: readonly string[]): string {
  return known.length === 0 ? "" : `; ${suggestion(word, known)}`;
}
