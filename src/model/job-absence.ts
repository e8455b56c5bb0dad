/**
 * When a job that is no longer listed is gone. Pure.
 *
 * One list proves little: a deploy with a broken import, or a role that sees less since this morning, empties a list for
 * a while. So a job is gone after two complete lists without it, and after three when most of a fleet vanishes at once.
 */
const LISTS = 2;
const LISTS_FOR_MANY = 3;
const FEW = 10;

export function listsUntilGone(known: number, missing: number): number {
  return known > FEW && missing > known / 2 ? LISTS_FOR_MANY : LISTS;
}
