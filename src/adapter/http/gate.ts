/** What all requests to one source pass: its budget, its breaker, and its wish to be left alone for a while. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker } from "cockatiel";
import { BrokenCircuitError, DelegateBackoff, handleWhen } from "cockatiel";
import PQueue from "p-queue";
import type { Clock } from "../../lib/clock.ts";
import { printDuration } from "../../lib/duration.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import { abortOf, isAbort } from "../abort.ts";
import { RemoteError } from "../remote-error.ts";
import type { Limits } from "./limits.ts";

export interface Gate {
  /** Sends when the source may be asked; throws `NotAskedError` when it may not be for longer than we wait. */
  pass<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T>;
}

/** We did not ask: the remote has nothing to do with this failure, and nothing happened there. */
export class NotAskedError extends RemoteError {
  constructor(message: string, retryAfterMs: number, cause?: unknown) {
    super(message, { fault: "busy", passing: true, uncertain: false, retryAfterMs, cause });
  }
}

export interface GateDeps {
  readonly source: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly limits: Limits;
}

// A remote that asks for a day of silence is asked again after this; the breaker and the sync do the rest.
const LONGEST_SILENCE_MS = 60_000;

export function createGate(deps: GateDeps): Gate {
  const { clock, limits } = deps;
  const tokens = new PQueue({ interval: 1_000, intervalCap: limits.requestsPerSecond, strict: true });
  const breaker = createBreaker(deps);
  let silentUntilMs = 0;

  async function keepSilence(signal: AbortSignal): Promise<void> {
    const restMs = silentUntilMs - clock.monotonicMs();
    if (restMs <= 0) return;
    if (restMs > limits.patienceMs)
      throw new NotAskedError(`Not asked: it wants to be left alone for ${printDuration(restMs)}`, restMs);
    await pause(restMs, signal);
  }

  async function takeToken(signal: AbortSignal): Promise<void> {
    if (tokens.size >= limits.maxWaiting)
      throw new NotAskedError(`Not asked: ${tokens.size} requests to this source wait already`, 1_000);
    await tokens.add(() => undefined, { signal });
  }

  return {
    async pass(signal, send) {
      breaker.refuseWhileOpen();
      await keepSilence(signal);
      await takeToken(signal);
      try {
        return await breaker.execute(send);
      } catch (error) {
        const wishMs = error instanceof RemoteError && !(error instanceof NotAskedError) ? error.retryAfterMs : null;
        if (wishMs !== null)
          silentUntilMs = Math.max(silentUntilMs, clock.monotonicMs() + Math.min(wishMs, LONGEST_SILENCE_MS));
        throw error;
      }
    },
  };
}

/** Waits, and leaves with an abort when its caller does. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw abortOf(signal);
  });
}

interface Breaker {
  refuseWhileOpen(): void;
  execute<T>(send: () => Promise<T>): Promise<T>;
}

function createBreaker({ source, clock, metrics, limits }: GateDeps): Breaker {
  let openUntilMs = 0;
  let lastOutage = "";
  const policy = circuitBreaker(
    handleWhen((error) => error instanceof UndecidedTrial || isOutage(error)),
    {
      breaker: new ConsecutiveBreaker(limits.breakAfter),
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const ms = Math.min(limits.longestBreakMs, limits.breakMs * 2 ** (attempt - 1));
        openUntilMs = clock.monotonicMs() + ms;
        return ms;
      }),
    },
  );
  showState(policy, source, metrics);

  function refuseWhileOpen(): void {
    const restMs = openUntilMs - clock.monotonicMs();
    if (policy.state === CircuitState.Open && restMs > 0) throw notAsked(restMs);
  }

  function notAsked(restMs: number): NotAskedError {
    const when = printDuration(Math.max(restMs, 1));
    return new NotAskedError(`Not asked: it failed too often; next try in ${when}. Last: ${lastOutage}`, restMs);
  }

  /** An abort of the one trial request decides nothing, and would count as a success if it passed as it is. */
  async function undecided<T>(send: () => Promise<T>): Promise<T> {
    // Whoever is let through while it is not closed is the trial.
    const onTrial = policy.state !== CircuitState.Closed;
    try {
      return await send();
    } catch (error) {
      if (isOutage(error)) lastOutage = error.message;
      throw onTrial && isAbort(error) ? new UndecidedTrial(error) : error;
    }
  }

  return {
    refuseWhileOpen,
    async execute(send) {
      try {
        return await policy.execute(() => undecided(send));
      } catch (error) {
        if (error instanceof UndecidedTrial) throw error.abort;
        if (error instanceof BrokenCircuitError) throw notAsked(openUntilMs - clock.monotonicMs());
        throw error;
      }
    },
  };
}

class UndecidedTrial extends Error {
  readonly abort: Error;

  constructor(abort: Error) {
    super("the trial was aborted");
    this.abort = abort;
  }
}

/** A remote that answers "too many" is alive; one that cannot be reached, or stumbles, is not. */
function isOutage(error: unknown): error is RemoteError {
  if (!(error instanceof RemoteError) || error instanceof NotAskedError) return false;
  return error.fault === "unreachable" || (error.passing && error.status !== 429);
}

const STATE_WORDS = [
  ["closed", CircuitState.Closed],
  ["open", CircuitState.Open],
  ["half-open", CircuitState.HalfOpen],
] as const;

function showState(policy: CircuitBreakerPolicy, source: string, metrics: Metrics): void {
  const show = (state: CircuitState) => {
    for (const [word, its] of STATE_WORDS) metrics.sourceBreaker.set({ source, state: word }, state === its ? 1 : 0);
  };
  show(policy.state);
  policy.onStateChange(show);
}
