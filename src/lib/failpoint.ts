/**
 * Named places at which a test ends or freezes the process, to see what a crash right there leaves behind. Nothing is
 * armed unless the boot says so, and then they cost a comparison.
 */
export const FAILPOINTS = [
  "claimed",
  "intent-committed",
  "before-send",
  "window-checked",
  "after-answer",
  "before-confirm",
  "after-confirm",
  "before-find",
  "after-find",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

let armed: ((name: Failpoint) => void) | null = null;

/** `null` disarms. */
export function armFailpoints(strike: ((name: Failpoint) => void) | null): void {
  armed = strike;
}

export function failpoint(name: Failpoint): void {
  armed?.(name);
}
