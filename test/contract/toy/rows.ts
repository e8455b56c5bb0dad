/** The bodies a Toy answers with, as far as we read them. What we do not read may be missing or new. */
import { z } from "zod";

export const list = z.object({ rows: z.array(z.unknown()), next: z.string().nullable() });

export const about = z.object({ version: z.string(), allowed: z.array(z.string()) });

export const task = z.object({
  name: z.string().min(1),
  cron: z.string().nullable(),
  enabled: z.boolean(),
});

const moment = z.iso.datetime().transform((text) => new Date(text));

export const execution = z.object({
  id: z.string().min(1),
  task: z.string().min(1),
  // Any word: one that a newer Toy invents must not cost us the row.
  state: z.string(),
  key: z.string().nullable(),
  arguments: z.json(),
  queued_at: moment.nullable(),
  started_at: moment.nullable(),
  ended_at: moment.nullable(),
});

export const question = z.object({
  execution: z.string().min(1),
  task: z.string().min(1),
  asks: z.string().min(1),
  since: moment.nullable(),
});

export const edge = z.object({ from: z.string().min(1), to: z.string().min(1), file: z.string().min(1) });

export type ToyQuestion = z.infer<typeof question>;
export type ToyEdge = z.infer<typeof edge>;
export type ToyTask = z.infer<typeof task>;
export type ToyExecution = z.infer<typeof execution>;
