/** JSON from somebody else: strict in its encoding, harmless in its keys, shallow enough to be written again. */

// V8 parses any depth, but writes JSON recursively and overflows near 6,000. Nothing real comes close to this.
const DEEPEST = 200;

/** Throws a plain `Error` whose message says what is wrong with the text. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  const value = parse(text);
  return harmless(value);
}

/** A byte order mark is dropped; bytes that are no UTF-8 are refused rather than replaced. */
function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, secrets included.
    const literal = /[[:,]\s*(-?Infinity|NaN)\b/.exec(text)?.[1];
    throw new Error(literal ? `it holds ${literal}, which JSON cannot say` : "it is not JSON");
  }
}

/**
 * Drops `__proto__`, and a `constructor` that holds a `prototype`: own keys after parsing, but one careless copy away
 * from changing every object. A number too large for a double stays Infinity, which each row's own check refuses.
 */
function harmless(root: unknown): unknown {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`);
    if (!Array.isArray(value)) dropPrototypes(value as Record<string, unknown>);
    for (const item of Object.values(value))
      if (typeof item === "object" && item !== null) open.push({ value: item, depth: depth + 1 });
  }
  return root;
}

function dropPrototypes(object: Record<string, unknown>): void {
  if (Object.hasOwn(object, "__proto__")) delete object["__proto__"];
  const inner = Object.hasOwn(object, "constructor") ? object["constructor"] : undefined;
  if (typeof inner === "object" && inner !== null && Object.hasOwn(inner, "prototype")) delete object["constructor"];
}
