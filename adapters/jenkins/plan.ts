/** Which builds of a job have to be read, given what runs, what its next number is and what we know. Pure. */
import type { JobNumber } from "./fleet.ts";
import type { KnownJob } from "./memory.ts";

export type JobPlan =
  | { readonly kind: "nothing" }
  /** Nothing is known: back to the moment that was asked for. */
  | { readonly kind: "back" }
  | {
      readonly kind: "some";
      /** New numbers: from, up to and without. */
      readonly gap: { readonly from: number; readonly to: number } | null;
      /** Known as running and no longer on an executor, or on one and not known. */
      readonly numbers: readonly number[];
    };

const NONE: ReadonlySet<number> = new Set();

export function planJob(
  job: JobNumber,
  known: KnownJob | null,
  running: ReadonlySet<number> = NONE,
  sinceMs: number,
): JobPlan {
  // A number that went back: deleted and made again, or reset. What we know is of another job.
  if (known === null || known.sinceMs > sinceMs || known.next > job.next)
    return planUnknown(job, known, running, sinceMs);
  const gap = job.next > known.next ? { from: known.next, to: job.next } : null;
  const left = [...known.builds].filter(([number, { open }]) => open && !running.has(number)).map(([number]) => number);
  const inGap = (number: number) => gap !== null && number >= gap.from && number < gap.to;
  const begun = [...running].filter((number) => !known.builds.has(number) && !inGap(number));
  return gap === null && left.length === 0 && begun.length === 0
    ? { kind: "nothing" }
    : { kind: "some", gap, numbers: [...left, ...begun] };
}

function planUnknown(job: JobNumber, known: KnownJob | null, running: ReadonlySet<number>, sinceMs: number): JobPlan {
  if (job.next <= 1 && running.size === 0) return { kind: "nothing" };
  // Told only where the last builds were asked for; where they were not, they may be anything.
  const untouched = known === null && job.lastChangeMs !== null && job.lastChangeMs < sinceMs;
  return untouched && running.size === 0 ? { kind: "nothing" } : { kind: "back" };
}
