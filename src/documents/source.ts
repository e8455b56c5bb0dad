/** `kind: Source`: one configured tool. What stands under `spec.config` is the adapter's own, and its schema checks it. */
import { z } from "zod";
import type { Json } from "../model/json.ts";
import { suggestion } from "../lib/suggestion.ts";
import { type Complaint, complaintsOf } from "./complaint.ts";
import { duration } from "./duration.ts";
import { API_VERSION, type Kind, metadata, type Reading, type TuttiDocument } from "./kind.ts";

export interface SourceDocument extends TuttiDocument {
  readonly kind: "Source";
  readonly spec: {
    readonly adapter: string;
    /** As written: references to secrets stay references. */
    readonly config: Json;
    readonly sync: SourceSync;
  };
}

export interface SourceSync {
  /** How far the first connect looks back. */
  readonly lookBackMs: number | null;
  /** How often the source is asked when nobody waits for it; null leaves the pace to the sync. */
  readonly everyMs: number | null;
  /** How far each pass reads behind the last one, for changes that are stamped before they can be seen. */
  readonly overlapMs: number | null;
}

/** What a document needs to know of an adapter. */
export interface ConfigurableAdapter {
  readonly kind: string;
  readonly title: string;
  readonly config: z.ZodType;
}

const document = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal("Source"),
  metadata,
  spec: z.strictObject({
    adapter: z.string().describe("Which kind of tool this is."),
    config: z.unknown().describe("The adapter's own settings. Secrets are references: env:NAME or file:/path."),
    sync: z
      .strictObject({
        lookBack: duration.optional().describe("How much history the first connect reads, such as 14d."),
        every: duration.optional().describe("How often to ask at the least, such as 30s."),
        overlap: duration.optional().describe("How far each pass reads behind the last one, such as 30s."),
      })
      .default({}),
  }),
});

export function sourceKind(adapters: readonly ConfigurableAdapter[]): Kind<SourceDocument> {
  return { kind: "Source", read: (value) => readSource(value, adapters), jsonSchema: () => sourceSchema(adapters) };
}

function readSource(value: unknown, adapters: readonly ConfigurableAdapter[]): Reading<SourceDocument> {
  const parsed = document.safeParse(value);
  const complaints = [
    ...(parsed.success ? [] : complaintsOf(parsed.error, document, value)),
    // Asked even when the rest is wrong, so that every mistake shows at once.
    ...adapterComplaints(specOf(value), adapters),
  ];
  if (!parsed.success || complaints.length > 0) return { document: null, complaints };
  const { metadata, spec } = parsed.data;
  const { lookBack, every, overlap } = spec.sync;
  const sync = { lookBackMs: lookBack ?? null, everyMs: every ?? null, overlapMs: overlap ?? null };
  const config = spec.config as Json;
  return { document: { kind: "Source", metadata, spec: { adapter: spec.adapter, config, sync } }, complaints };
}

function adapterComplaints(spec: Record<string, unknown>, adapters: readonly ConfigurableAdapter[]): Complaint[] {
  const name = spec.adapter;
  if (typeof name !== "string") return [];
  const adapter = adapters.find(({ kind }) => kind === name);
  if (!adapter) {
    const known = adapters.map(({ kind }) => kind);
    return [{ path: ["spec", "adapter"], at: "value", message: `no adapter "${name}"; ${suggestion(name, known)}` }];
  }
  const config = adapter.config.safeParse(spec.config ?? {});
  return config.success ? [] : complaintsOf(config.error, adapter.config, spec.config ?? {}, ["spec", "config"]);
}

function specOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || !("spec" in value)) return {};
  return typeof value.spec === "object" && value.spec !== null ? (value.spec as Record<string, unknown>) : {};
}

function sourceSchema(adapters: readonly ConfigurableAdapter[]): Readonly<Record<string, unknown>> {
  const base = jsonSchemaOf(document);
  const { properties = {} } = base;
  const spec = properties.spec ?? {};
  const adapter = { ...spec.properties?.adapter, enum: adapters.map(({ kind }) => kind) };
  const choices = adapters.map(({ kind, title, config }) => {
    const { $schema: _, ...schema } = jsonSchemaOf(config);
    return {
      if: { properties: { adapter: { const: kind } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
      then: { properties: { config: { ...schema, title } } },
    };
  });
  return {
    ...base,
    title: "Source",
    description: "One configured tool.",
    properties: { ...properties, spec: { ...spec, properties: { ...spec.properties, adapter }, allOf: choices } },
  };
}

interface JsonSchema {
  readonly $schema?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly [key: string]: unknown;
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", target: "draft-7" }) as JsonSchema;
}
