/** Reads an answer to its end or to its limit, whichever comes first, and never holds more than the limit. */
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

export interface Body {
  readonly bytes: Buffer;
  /** Why there may be more than what was read; null when it is whole. */
  readonly cut: "too-large" | "broken-off" | "encoding" | "front" | null;
}

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

const BEGINNING_BYTES = 16_384;

export const ACCEPT_ENCODING = "gzip, deflate, br";

/** The limit is on what comes out of the decompression: a small bomb is a large answer. */
export async function readBody(
  stream: Readable,
  encoding: string | undefined,
  maxBytes: number,
  signal: AbortSignal,
  keep: "all" | "end" = "all",
): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  let overflowed = false;
  let passedBy = false;
  // Of what is not whole, nobody reads more than the beginning.
  const body = (cut: Body["cut"]): Body => ({
    bytes: Buffer.concat(chunks, cut === null ? size : Math.min(size, BEGINNING_BYTES)),
    cut,
  });

  async function collect(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      const room = maxBytes - size;
      if (keep === "end") {
        chunks.push(chunk);
        size += chunk.length;
        dropFront();
        continue;
      }
      if (chunk.length > room) {
        chunks.push(chunk.subarray(0, room));
        size += room;
        // Said beside the error, for a decoder that is let go of in its middle complains of that first.
        overflowed = true;
        throw new Error("too large");
      }
      chunks.push(chunk);
      size += chunk.length;
    }
  }

  /** Whole chunks, so that no byte is copied for every one that passes. */
  function dropFront(): void {
    for (let first = chunks[0]; first && size - first.length >= maxBytes; first = chunks[0]) {
      chunks.shift();
      size -= first.length;
      passedBy = true;
    }
  }

  function end(): Body {
    const bytes = Buffer.concat(chunks, size);
    const kept = bytes.subarray(Math.max(0, size - maxBytes));
    return { bytes: kept, cut: passedBy || kept.length < size ? "front" : null };
  }

  const name = encoding?.trim().toLowerCase() ?? "identity";
  const decoder = DECODERS.get(name);
  if (!decoder && name !== "identity" && name !== "") {
    stream.destroy();
    return body("encoding");
  }
  try {
    await (decoder ? pipeline(stream, decoder(), collect, { signal }) : pipeline(stream, collect, { signal }));
    return keep === "end" ? end() : body(null);
  } catch (error) {
    if (signal.aborted) throw error;
    if (overflowed) return body("too-large");
    return body(isZlib(error) ? "encoding" : "broken-off");
  }
}

function isZlib(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // A stream that ends in the middle of its compression was broken off; anything else was never compressed like that.
  return typeof code === "string" && code.startsWith("Z_") && code !== "Z_BUF_ERROR";
}
