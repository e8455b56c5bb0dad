/** Keeps what must not be printed out of every text that leaves a source's boundary. */

export interface Redactor {
  /** From now on this value, and the forms it travels in, is never printed. */
  remember(secret: string): void;
  readonly redact: (text: string) => string;
}

const REDACTED = "[redacted]";

// A shorter one would blacken ordinary words, and is guessed in a second anyway.
const SHORTEST = 4;

// Tokens are renewed by the hour; the last few hundred forms are days of them.
const MOST_FORMS = 400;

/** What looks like a secret is one, even where nobody told us: a token in an answer that we could not read. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic|Token|Digest)\s+[\w+/=.~-]{6,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g, REDACTED],
  [
    /((?:access_?token|refresh_?token|id_?token|client_?secret|api_?key|password|passwd|secret|authorization|cookie)["']?\s*[:=]\s*["']?)[^\s"',;&}<]+/gi,
    `$1${REDACTED}`,
  ],
  [/(\w:\/\/)[^\s/@"']+@/g, `$1${REDACTED}@`],
];

export function createRedactor(): Redactor {
  let forms: string[] = [];

  return {
    remember(secret) {
      const fresh = formsOf(secret).filter((form) => form.length >= SHORTEST && !forms.includes(form));
      if (fresh.length > 0) forms = [...fresh, ...forms].slice(0, MOST_FORMS);
    },

    redact(text) {
      // The longest first: a form that holds another one must not be left in halves.
      const longestFirst = [...forms].sort((a, b) => b.length - a.length);
      const known = longestFirst.reduce((rest, form) => rest.replaceAll(form, REDACTED), text);
      return SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), known);
    },
  };
}

/** A secret as it is, and as URLs, JSON and Basic authorization would carry it. */
function formsOf(secret: string): string[] {
  const plain = secret.trim();
  const base64 = Buffer.from(plain, "utf8");
  return [
    ...new Set([
      plain,
      encodeURIComponent(plain),
      JSON.stringify(plain).slice(1, -1),
      base64.toString("base64"),
      base64.toString("base64url"),
    ]),
  ];
}

/** A copy of log fields in which no text holds a secret. Errors become what a person needs of them. */
export function redactFields(fields: object, redactor: Redactor): object {
  return redactValue(fields, redactor, 0) as object;
}

const DEEPEST = 6;

function redactValue(value: unknown, redactor: Redactor, depth: number): unknown {
  if (typeof value === "string") return redactor.redact(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth >= DEEPEST) return "[deeper]";
  const inner = (item: unknown) => redactValue(item, redactor, depth + 1);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return inner({ ...value, type: name, message, stack, ...(cause === undefined ? {} : { cause }) });
  }
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
}
