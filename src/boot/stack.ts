/** What has been started, so that it can be stopped in the opposite order, whatever happens on the way. */
import type { Logger } from "../telemetry/log.ts";

export interface Stack {
  /** Called as soon as a thing runs: if a later one fails to start, this one is still stopped. */
  add(name: string, stop: () => Promise<unknown>): void;
  /** May be called twice; both wait for the same end. */
  stop(): Promise<void>;
}

export function createStack(log: Logger): Stack {
  const started: { readonly name: string; stop(): Promise<unknown> }[] = [];
  let ending: Promise<void> | null = null;

  async function unwind(): Promise<void> {
    for (let next = started.pop(); next; next = started.pop()) {
      // One that cannot stop must not keep the others running.
      await next
        .stop()
        .catch((error: unknown) => log.error({ err: error, service: next?.name }, "did not stop cleanly"));
    }
  }
  return {
    add: (name, stop) => void started.push({ name, stop }),
    stop: () => (ending ??= unwind()),
  };
}
