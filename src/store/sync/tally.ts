/**
 * Counts kept as the data arrives: what a run's move adds to one bucket and takes from another. Pure.
 *
 * An open run counts once, under span 0 and no time at all. One that ended counts twice, in the minute and in the hour
 * of its end, so that a window of a month adds up hours and not 43,200 minutes.
 */
import { isTerminal, type RunState } from "../../model/run-state.ts";

export interface TallyMove {
  readonly span: 0 | 1 | 60;
  /** ISO 8601, or `-infinity` for the open ones. */
  readonly bucket: string;
  readonly state: RunState;
  readonly delta: number;
}

/** As much of a run as decides where it is counted. */
export interface Countable {
  readonly state: RunState;
  readonly endedAt: Date | null;
  readonly occurredAt: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export class Tally {
  readonly #moves = new Map<string, { -readonly [K in keyof TallyMove]: TallyMove[K] }>();

  move(from: Countable | null, to: Countable | null): void {
    if (from) this.#count(from, -1);
    if (to) this.#count(to, 1);
  }

  /** What is left of all moves once those that cancel out are gone. */
  moves(): TallyMove[] {
    return [...this.#moves.values()].filter((move) => move.delta !== 0);
  }

  #count(run: Countable, delta: number): void {
    if (!isTerminal(run.state)) return this.#add(0, Number.NEGATIVE_INFINITY, run.state, delta);
    const at = (run.endedAt ?? run.occurredAt).getTime();
    this.#add(1, Math.floor(at / MINUTE_MS) * MINUTE_MS, run.state, delta);
    this.#add(60, Math.floor(at / HOUR_MS) * HOUR_MS, run.state, delta);
  }

  #add(span: TallyMove["span"], beginsMs: number, state: RunState, delta: number): void {
    const key = `${span} ${beginsMs} ${state}`;
    const move = this.#moves.get(key);
    if (move) move.delta += delta;
    else this.#moves.set(key, { span, bucket: toBucket(beginsMs), state, delta });
  }
}

function toBucket(beginsMs: number): string {
  return Number.isFinite(beginsMs) ? new Date(beginsMs).toISOString() : "-infinity";
}
