/** Waits until something holds, for what announces itself by no event. */
import { setTimeout as pause } from "node:timers/promises";

export async function eventually<T>(look: () => T | Promise<T>, withinMs = 10_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`did not come true within ${withinMs} ms: ${String(look)}`);
    await pause(10);
  }
}
