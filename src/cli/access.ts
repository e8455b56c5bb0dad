/** Where the API is and what lets us in. On the machine of a `tutti up`, its folder tells both. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, EXIT } from "./exit.ts";

export interface Access {
  readonly url: string;
  readonly token: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = "http://127.0.0.1:7171";

export function findAccess(environment: Environment): Access {
  const data = environment.TUTTI_DATA || ".tutti";
  // A server that had to take another port has written down which.
  const url = environment.TUTTI_URL || readIfThere(join(data, "url")) || DEFAULT_URL;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandError(EXIT.usage, `TUTTI_URL: "${url}" is no http or https URL`);
  }
  return { url, token: tokenOf(environment) ?? localToken(environment, data) };
}

function tokenOf(environment: Environment): string | null {
  if (environment.TUTTI_TOKEN) return environment.TUTTI_TOKEN.trim();
  const file = environment.TUTTI_TOKEN_FILE;
  if (!file) return null;
  const token = readIfThere(file);
  if (token === null) throw new CommandError(EXIT.usage, `TUTTI_TOKEN_FILE: cannot read ${file}`);
  return token;
}

/** The admin token of this folder is meant for the server of this folder, and is sent to no other. */
function localToken(environment: Environment, data: string): string | null {
  return environment.TUTTI_URL && !isLoopback(environment.TUTTI_URL) ? null : readIfThere(join(data, "admin.token"));
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim() || null;
  } catch {
    return null;
  }
}
