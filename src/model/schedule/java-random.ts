/** Java's `Random` and the seed Jenkins gives it, bit for bit: whoever guesses at `H` guesses at every next run. */
import { createHash } from "node:crypto";

export interface JavaRandom {
  /** From 0 up to and without `bound`, as `nextInt(bound)`. */
  next(bound: number): number;
}

const MULTIPLIER = 0x5deece66dn;
const ADDEND = 0xbn;
const STATE_BITS = (1n << 48n) - 1n;

export function javaRandom(seed: bigint): JavaRandom {
  let state = (seed ^ MULTIPLIER) & STATE_BITS;

  function bits31(): bigint {
    state = (state * MULTIPLIER + ADDEND) & STATE_BITS;
    return state >> 17n;
  }

  return {
    next(bound) {
      const wide = BigInt(bound);
      // For a power of two Java takes the high bits; the low ones of its generator repeat too soon.
      if ((wide & (wide - 1n)) === 0n) return Number((wide * bits31()) >> 31n);
      for (;;) {
        const bits = bits31();
        const value = bits % wide;
        // The last, incomplete stretch below 2^31 would favour small values, so Java draws again.
        if (bits - value + wide - 1n < 1n << 31n) return Number(value);
      }
    },
  };
}

/** The seed Jenkins makes of a job's full name: both halves of its MD5 folded onto each other. */
export function jenkinsSeed(fullName: string): bigint {
  const digest = createHash("md5").update(fullName, "utf8").digest();
  const folded = Buffer.from(digest.subarray(0, 8).map((byte, at) => byte ^ (digest[at + 8] ?? 0)));
  return folded.readBigInt64BE();
}
