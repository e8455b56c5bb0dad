/** Reads an answer: what the caller asked for, or the fault that it is. */
import { RemoteError } from "../remote-error.ts";
import { excerptOf, looksLikeHtml } from "./excerpt.ts";
import type { HttpReply, HttpRequest } from "./http.ts";
import { parseJson } from "./parse-json.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { Answer } from "./send.ts";
import { statusFault } from "./status-fault.ts";

export interface Judging {
  /** `GET https://host/path`. */
  readonly asked: string;
  readonly request: Pick<HttpRequest, "accept" | "as" | "anonymous">;
  readonly reads: boolean;
  readonly now: Date;
  readonly redact: (text: string) => string;
}

export function judge(answer: Answer, judging: Judging): HttpReply {
  const { status, headers } = answer;
  const readAt = readDate(headers["date"]) ?? judging.now;
  if (status >= 200 && status < 300)
    return { status, headers, body: readWanted(answer, judging), readAt, cut: answer.cut === "front" };
  if (judging.request.accept?.includes(status)) return { status, headers, body: readAsItComes(answer), readAt };
  throw refusal(answer, judging);
}

/** A refusal that the caller wants to read: JSON where it is JSON, text where it is a proxy's page. */
function readAsItComes({ bytes, headers }: Answer): unknown {
  try {
    return bytes.length === 0 ? null : parseJson(bytes);
  } catch {
    return decodeText(bytes, headers["content-type"] ?? "");
  }
}

function readWanted(answer: Answer, judging: Judging): unknown {
  const { bytes, cut, status, headers } = answer;
  if (judging.request.as === "nothing") return null;
  if (cut && cut !== "front") throw unreadable(answer, judging, CUT[cut], cut === "broken-off");
  const type = headers["content-type"]?.toLowerCase() ?? "";
  if (type.includes("html") || looksLikeHtml(bytes.subarray(0, 1_000).toString("latin1"))) throw page(answer, judging);
  if (judging.request.as === "text") return decodeText(bytes, type);
  if (bytes.length === 0 && (status !== 200 || !judging.reads)) return null;
  if (type !== "" && !/[/+]json\b/.test(type)) throw unreadable(answer, judging, `it is ${type}, not JSON`, false);
  try {
    return parseJson(bytes);
  } catch (error) {
    throw unreadable(answer, judging, (error as Error).message, false);
  }
}

const CUT = {
  "too-large": "it is larger than we read",
  "broken-off": "it broke off",
  encoding: "its compression cannot be read",
} as const;

function refusal(answer: Answer, judging: Judging): RemoteError {
  const { status, headers } = answer;
  const retryAfterMs = readRetryAfter(headers["retry-after"], judging.now);
  const { advice, ...fault } = statusFault(status, retryAfterMs);
  const target = status < 400 ? redirectTarget(headers["location"], judging) : "";
  const excerpt = excerptFor(answer, judging);
  const said = excerpt ? `: ${excerpt}` : "";
  return new RemoteError(`${judging.asked} answered ${status}${target}${said}${advice ? ` (${advice})` : ""}`, {
    ...fault,
    status,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(excerpt === null ? {} : { excerpt }),
  });
}

/** Where it pointed, without the query: single sign-on puts its tickets there. */
function redirectTarget(location: string | undefined, { redact }: Judging): string {
  if (!location) return "";
  return ` and pointed to ${redact(location.replace(/[?#].*$/s, "")).slice(0, 200)}`;
}

/** The proxy's page in front of a tool, with a cheerful 200: whoever answers so did not let us in. */
function page(answer: Answer, judging: Judging): RemoteError {
  const excerpt = excerptFor(answer, judging);
  const title = excerpt ? ` titled "${excerpt}"` : "";
  return new RemoteError(`${judging.asked} answered with an HTML page${title}; is it a login page?`, {
    fault: "refused",
    passing: false,
    uncertain: true,
    status: answer.status,
    ...(excerpt === null ? {} : { excerpt }),
  });
}

function unreadable(answer: Answer, judging: Judging, reason: string, passing: boolean): RemoteError {
  const excerpt = excerptFor(answer, judging);
  return new RemoteError(`${judging.asked} answered ${answer.status}, but ${reason}`, {
    fault: "malformed",
    passing,
    status: answer.status,
    ...(excerpt === null ? {} : { excerpt }),
  });
}

/** The answer to a request without credentials is where credentials come from: nothing of it is shown. */
function excerptFor(answer: Answer, { request, redact }: Judging): string | null {
  return request.anonymous ? null : excerptOf(answer.bytes.subarray(0, 16_384), redact);
}

/** A log may hold any bytes; what is no text in its encoding is replaced, not refused. */
function decodeText(bytes: Uint8Array, type: string): string {
  const label = /charset=["']?([\w-]+)/.exec(type)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function readDate(header: string | undefined): Date | null {
  const ms = Date.parse(header ?? "");
  return Number.isNaN(ms) ? null : new Date(ms);
}
