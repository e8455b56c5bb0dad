/** Asks the API. Plain `node:http`, for the command must answer before a person notices that it started. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { findAccess } from "./access.ts";
import type { Terminal } from "./command.ts";
import { CommandError, EXIT, type ExitCode } from "./exit.ts";

export interface Client {
  query<Data>(document: string, variables?: object): Promise<Data>;
}

const TIMEOUT_MS = 30_000;

export function createClient({ environment }: Terminal): Client {
  return {
    async query<Data>(document: string, variables: object = {}) {
      const access = findAccess(environment);
      const reply = await post(access, JSON.stringify({ query: document, variables }));
      return dataOf(reply, access.url) as Data;
    },
  };
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

function post({ url, token }: { url: string; token: string | null }, body: string): Promise<Reply> {
  const target = new URL("graphql", url.endsWith("/") ? url : `${url}/`);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json",
    "content-length": Buffer.byteLength(body),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const request = send(target, { method: "POST", headers, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.on("timeout", () => {
      request.destroy(new CommandError(EXIT.timedOut, `${url} did not answer within ${TIMEOUT_MS / 1_000} s`));
    });
    request.on("error", (error) => reject(error instanceof CommandError ? error : unreachable(url, error)));
    request.end(body);
  });
}

function unreachable(url: string, cause: Error): CommandError {
  const reason = (cause as NodeJS.ErrnoException).code ?? cause.message;
  return new CommandError(
    EXIT.error,
    `nothing answers at ${url} (${reason}); start it with \`tutti up\`, or set TUTTI_URL`,
    { cause },
  );
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  NOT_FOUND: EXIT.notFound,
  NOT_ALLOWED: EXIT.notAllowed,
  CONFLICT: EXIT.conflict,
  SOURCE_UNREACHABLE: EXIT.sourceUnreachable,
  INVALID: EXIT.usage,
};

export function dataOf({ status, text }: Reply, url: string): unknown {
  if (status === 401 || status === 403) {
    throw new CommandError(EXIT.notAllowed, `${url} does not know this token; set TUTTI_TOKEN or TUTTI_TOKEN_FILE`);
  }
  const answer = parse(text);
  const error = answer?.errors?.[0];
  if (error) throw new CommandError(EXIT_OF[error.extensions?.code ?? ""] ?? EXIT.error, error.message);
  if (answer?.data === undefined || answer.data === null) {
    throw new CommandError(EXIT.error, `${url} answered ${status} and no data; is it Tutti?`);
  }
  return answer.data;
}

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
