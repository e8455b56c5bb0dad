/** What a remote says about its refusal, in one short line for a person. */
import { parseJson } from "./parse-json.ts";

const LONGEST = 300;

/** Where tools put the sentence: problem+json, FastAPI, OAuth, Jenkins, Kubernetes, and everybody else. */
const SENTENCE_KEYS = ["detail", "error_description", "message", "msg", "title", "error", "errors", "reason"];

/** The remote's own sentence where there is one, the beginning of its text where there is none. */
export function excerptOf(bytes: Uint8Array, redact: (text: string) => string): string | null {
  const text = new TextDecoder().decode(bytes);
  // Redacted before it is cut: half a secret is no longer recognised.
  const line = oneLine(redact(sentenceIn(bytes) ?? titleOf(text) ?? text));
  if (line === "") return null;
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function sentenceIn(bytes: Uint8Array): string | null {
  try {
    return sentenceOf(parseJson(bytes));
  } catch {
    return null;
  }
}

function sentenceOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  if (Array.isArray(value)) return value.slice(0, 3).map(sentenceOf).filter(Boolean).join("; ") || null;
  if (typeof value !== "object" || value === null) return null;
  for (const key of SENTENCE_KEYS) {
    const sentence = sentenceOf((value as Record<string, unknown>)[key]);
    if (sentence) return withPlace(sentence, value);
  }
  return null;
}

/** FastAPI says where in `loc`: `["body", "dag_run_id"]`. */
function withPlace(sentence: string, value: object): string {
  const { loc } = value as { loc?: unknown };
  return Array.isArray(loc) ? `${loc.join(".")}: ${sentence}` : sentence;
}

function titleOf(text: string): string | null {
  if (!looksLikeHtml(text)) return null;
  return /<title[^>]*>([^<]{1,300})/i.exec(text)?.[1] ?? "an HTML page";
}

export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype html|html|head|body)\b/i.test(text.slice(0, 1_000));
}

/** Control characters could move a terminal's cursor and rewrite what is above. */
function oneLine(text: string): string {
  return text
    .slice(0, 4 * LONGEST)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
}
