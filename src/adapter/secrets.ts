/** The values behind `env:NAME` and `file:/path`. A document holds the reference, never the value. */
import { readFile } from "node:fs/promises";
import { normalize } from "node:path";
import { InputError } from "../lib/input-error.ts";

export interface Secrets {
  /** Reads anew each time, so that a rotated key is seen without a restart. */
  read(reference: string): Promise<string>;
}

export const SECRET_REFERENCE = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/s;

/**
 * A source sends what it is given to the address it is given, and both stand in its document. So no document may name what
 * opens our own doors: the database, our own settings and tokens.
 */
const OURS = /^(TUTTI_|PG|DATABASE_URL(_FILE)?$)/i;
/** `/proc/self/environ` is the environment by another name. */
const OF_THE_SYSTEM = /^\/(proc|dev|sys)\//;

/** Why this reference is refused although it is well written, or null. */
export function refusalOf(reference: string): string | null {
  if (reference.startsWith("file:")) {
    const path = normalize(reference.slice("file:".length));
    return OF_THE_SYSTEM.test(path)
      ? `${reference} is refused: what the system shows there is no secret of a tool`
      : null;
  }
  if (!OURS.test(reference.slice("env:".length))) return null;
  return `${reference} is refused: DATABASE_URL, PG* and TUTTI_* are Tutti's own and are never sent to a tool; give the tool a variable of its own`;
}

const LARGEST_BYTES = 65_536;

export function createSecrets({ env }: { readonly env: Readonly<Record<string, string | undefined>> }): Secrets {
  return {
    async read(reference) {
      // The text itself may be the secret that somebody wrote by mistake, so it is not repeated here.
      if (!SECRET_REFERENCE.test(reference)) throw new InputError("secret", "a secret is env:NAME or file:/path");
      const refusal = refusalOf(reference);
      if (refusal !== null) throw new InputError(reference, refusal);
      const value = reference.startsWith("env:")
        ? env[reference.slice("env:".length)]
        : await readSecretFile(reference.slice("file:".length));
      if (value === undefined) throw new InputError(reference, `${reference} is not set in the environment of Tutti`);
      if (value === "") throw new InputError(reference, `${reference} is empty`);
      return value;
    },
  };
}

async function readSecretFile(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`file:${path}`, `file:${path} cannot be read: ${error.code ?? error.message}`, {
      cause: error,
    });
  });
  if (Buffer.byteLength(text) > LARGEST_BYTES)
    throw new InputError(`file:${path}`, `file:${path} is too large to be a secret`);
  // Editors and `echo` end a file with a newline that nobody means.
  return text.replace(/\r?\n$/, "");
}
