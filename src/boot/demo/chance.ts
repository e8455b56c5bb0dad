/** Chance that comes out the same every time: the demo's past must not change because the process was started again. */

/** A die for one moment of one job: each call is the next throw, from 0 up to 1. */
export type Dice = () => number;

/** FNV-1a over the name makes the seed, mulberry32 the throws. */
export function diceFor(name: string, moment: Date): Dice {
  let seed = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) seed = Math.imul(seed ^ name.charCodeAt(at), 0x01000193);
  // Minutes, for moments of a schedule differ in nothing finer.
  seed = Math.imul(seed ^ Math.floor(moment.getTime() / 60_000), 0x9e3779b1);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Around 1, seldom far from it: how long real work takes beside its usual time. */
export function spread(dice: Dice): number {
  const middle = (dice() + dice() + dice()) / 3;
  // One run in forty takes three times as long, as it does everywhere.
  const tail = dice() < 0.025 ? 3 : 1;
  return (0.5 + middle) * tail;
}
