/** YAML 1.2 in, values with positions out. Nothing here knows what the documents mean. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from "yaml";
import type { Mistake } from "./mistake.ts";

/** A document that could be read as YAML, whatever it says. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** Where a path begins, or the nearest place above it that exists. */
  locate(path: readonly PropertyKey[], at: "key" | "value"): Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlReading {
  readonly documents: readonly YamlDocument[];
  readonly mistakes: readonly Mistake[];
}

// A document is written by a person. These bounds keep one written by an attacker from taking our time or memory.
const MAX_CHARACTERS = 256 * 1_024;
const MAX_DEPTH = 64;
const MAX_ALIASES = 100;

/** The structure is whole in spite of these, so the schema may look for more mistakes. */
const HARMLESS = new Set(["DUPLICATE_KEY", "TAG_RESOLVE_FAILED"]);

export function readYaml(file: string, text: string): YamlReading {
  if (text.length > MAX_CHARACTERS) {
    return failed(file, `is ${text.length} characters long; a file of documents has at most ${MAX_CHARACTERS}`);
  }
  if (deeperThan(MAX_DEPTH, text)) return failed(file, `is nested deeper than ${MAX_DEPTH} levels`);

  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const present =
    "empty" in parsed ? [] : parsed.filter(({ contents, errors }) => !isNothing(contents) || errors.length);
  if (present.length === 0) return failed(file, "holds no document; one begins with apiVersion, kind and metadata");

  const readings = present.map((document) => readOne(file, document, lines));
  return {
    documents: readings.flatMap(({ documents }) => documents),
    mistakes: readings.flatMap(({ mistakes }) => mistakes),
  };
}

function readOne(file: string, document: Document.Parsed, lines: LineCounter): YamlReading {
  const troubles = [...document.errors, ...document.warnings];
  const mistakes = troubles.map(({ code, pos, message }) => ({
    file,
    ...position(lines, pos[0]),
    path: "",
    message: IN_OUR_WORDS[code] ?? sentence(message),
  }));
  if (troubles.some(({ code }) => !HARMLESS.has(code))) return { documents: [], mistakes };
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const locate: YamlDocument["locate"] = (path, at) => position(lines, offsetOf(document, path, at));
    return { documents: [{ file, value, locate }], mistakes };
  } catch {
    // The one thing that can go wrong after a clean parse is aliases that multiply, or point at nothing.
    const message = "has aliases that point at nothing, at themselves, or multiply; write the values out";
    return { documents: [], mistakes: [{ file, ...position(lines, firstAlias(document)), path: "", message }] };
  }
}

const IN_OUR_WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab cannot indent YAML; use spaces",
  DUPLICATE_KEY: "this key stands here twice; keep one of them",
  NON_STRING_KEY: "a key must be text; put it in quotes",
  TAG_RESOLVE_FAILED: "tags such as !include are not read; write the value itself",
  BAD_ALIAS: "this alias points at no anchor",
};

function sentence(message: string): string {
  return `is not YAML: ${message.slice(0, 1).toLowerCase()}${message.slice(1)}`;
}

function failed(file: string, message: string): YamlReading {
  return { documents: [], mistakes: [{ file, line: 1, column: 1, path: "", message }] };
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function isNothing(contents: Node | null): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** Follows the path as far as it exists. A missing key is shown at the key of the map that lacks it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], at: "key" | "value"): number {
  let node: unknown = document.contents;
  let reached = startOf(node);
  for (const [index, step] of path.entries()) {
    const whole = isAlias(node) ? node.resolve(document) : node;
    const isLast = index === path.length - 1;
    if (isMap(whole)) {
      const pair = whole.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return reached;
      const value = startOf(pair.value);
      reached = startOf(pair.key);
      if (isLast && at === "value" && value > 0) return value;
      node = pair.value;
    } else if (isSeq(whole)) {
      node = whole.items[Number(step)];
      if (node === undefined) return reached;
      reached = startOf(node);
    } else return reached;
  }
  return reached;
}

function startOf(node: unknown): number {
  if (typeof node !== "object" || node === null || !("range" in node)) return 0;
  return Array.isArray(node.range) ? Number(node.range[0]) : 0;
}

function firstAlias(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias: (_key, alias) => {
      offset = startOf(alias);
      return visit.BREAK;
    },
  });
  return offset;
}

/**
 * Asked before the parser, which recurses and would end in a stack overflow. Brackets in text count too, which only
 * errs for a text that opens sixty-four of them; indentation needs two characters a level to be this deep.
 */
function deeperThan(limit: number, text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === "[" || character === "{") open += 1;
    else if (character === "]" || character === "}") open = Math.max(0, open - 1);
    if (open > limit) return true;
  }
  return /^(?:[ \t]|- |\? ){128}/m.test(text) && text.split("\n").some((line) => indentOf(line) > limit * 2);
}

function indentOf(line: string): number {
  return /^(?:[ \t]|- |\? )*/.exec(line)?.[0].length ?? 0;
}
