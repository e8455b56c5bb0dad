/** The first look back, newest first, in slices that are kept as soon as they are read. Pure. */

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** Small enough that a crash repeats little, large enough that a quiet fortnight is few questions. */
const SLICE_MS = 12 * 3_600_000;

/** The next slice to read, or null when the look back is done. */
export function nextSlice(from: Date, reached: Date): Window | null {
  if (reached <= from) return null;
  return { from: new Date(Math.max(from.getTime(), reached.getTime() - SLICE_MS)), to: reached };
}
