/**
 * A task's log as text, whichever way a version or a vendor wraps it. Pure.
 *
 *   2.x  text, or `{"content": "…"}`, in some versions the Python of `[("host", "text")]`
 *   3.x  a line of JSON an event, or `{"content": [event, …]}`, where an event may be a mere string
 */

/** `cut` says that the beginning is missing, and with it half of the first line. */
export function readLogText(body: string, contentType: string, cut: boolean): string {
  if (/ndjson/i.test(contentType)) return lines(body, cut).map(printLine).filter(isText).join("\n");
  if (/json/i.test(contentType)) return printContent(parsed(body)) ?? body;
  return body;
}

function lines(body: string, cut: boolean): string[] {
  const all = body.split("\n").filter((line) => line.trim() !== "");
  return cut ? all.slice(1) : all;
}

function printLine(line: string): string | null {
  const value = parsed(line);
  return value === undefined ? line : (printContent(value) ?? printEvent(value));
}

/** Null where it is not wrapped. */
function printContent(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("content" in value)) return null;
  const { content } = value;
  if (Array.isArray(content)) return content.map(printEvent).filter(isText).join("\n");
  return typeof content === "string" ? fromPython(content) : null;
}

function printEvent(event: unknown): string | null {
  if (typeof event === "string") return event;
  if (typeof event !== "object" || event === null) return null;
  const { timestamp, level, event: text, ...rest } = event as Readonly<Record<string, unknown>>;
  const message = typeof text === "string" ? text : JSON.stringify(event);
  // Airflow folds the names of the log's sources into groups, which tell a reader nothing.
  if (/^::(end)?group::/.test(message)) return null;
  const before = [timestamp, typeof level === "string" ? level.toUpperCase() : null].filter(isText);
  return [...before, message, ...printErrors(rest["error_detail"])].join(" ");
}

/** Where a task raised, 3.x keeps the error beside the message. */
function printErrors(detail: unknown): string[] {
  if (!Array.isArray(detail)) return [];
  return detail.flatMap((error: { readonly exc_type?: unknown; readonly exc_value?: unknown } | null) =>
    typeof error?.exc_type === "string" ? [`(${error.exc_type}: ${String(error.exc_value)})`] : [],
  );
}

const PAIRS = /^\[\(['"]/;
const PAIR = /\(\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\)/gs;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"' };

/** `[('host', 'text')]`, as several versions of 2.x print their own list. */
function fromPython(text: string): string {
  if (!PAIRS.test(text)) return text;
  const found = [...text.matchAll(PAIR)].map(([, literal]) => unquoted(literal ?? ""));
  return found.length > 0 ? found.join("\n") : text;
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)/gs, (_, escape: string) => {
    if (/^[xu]/.test(escape) && escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
