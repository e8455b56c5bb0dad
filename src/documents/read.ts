/** Files of documents in; the documents, or every mistake in all of them, out. */
import { suggestion } from "../lib/suggestion.ts";
import { API_VERSION, type Kind, type TuttiDocument } from "./kind.ts";
import { InvalidDocuments, type Mistake, printPath } from "./mistake.ts";
import { readYaml, type YamlDocument } from "./yaml.ts";

export interface TextFile {
  /** As the person would name it. */
  readonly file: string;
  readonly text: string;
}

export interface Checked<Document> {
  readonly documents: readonly Document[];
  readonly mistakes: readonly Mistake[];
}

/** The documents, or all that is wrong with them in one error. */
export function readDocuments<Document extends TuttiDocument>(
  files: readonly TextFile[],
  kinds: readonly Kind<Document>[],
): readonly Document[] {
  const { documents, mistakes } = checkDocuments(files, kinds);
  if (mistakes.length > 0) throw new InvalidDocuments(mistakes);
  return documents;
}

export function checkDocuments<Document extends TuttiDocument>(
  files: readonly TextFile[],
  kinds: readonly Kind<Document>[],
): Checked<Document> {
  const readings = files.map(({ file, text }) => readYaml(file, text));
  const yaml = readings.flatMap(({ documents }) => documents);
  const checked = yaml.map((document) => checkOne(document, kinds));
  const mistakes = [
    ...readings.flatMap(({ mistakes }) => mistakes),
    ...checked.flatMap(({ mistakes }) => mistakes),
    ...repeated(yaml),
  ];
  return { documents: checked.flatMap(({ documents }) => documents), mistakes: inOrder(mistakes) };
}

function checkOne<Document extends TuttiDocument>(
  yaml: YamlDocument,
  kinds: readonly Kind<Document>[],
): Checked<Document> {
  const { value } = yaml;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      documents: [],
      mistakes: [mistake(yaml, [], "is no document; one begins with apiVersion, kind and metadata")],
    };
  }
  const word = "kind" in value ? value.kind : undefined;
  const kind = kinds.find((kind) => kind.kind === word);
  if (!kind)
    return {
      documents: [],
      mistakes: headMistakes(
        yaml,
        value,
        kinds.map(({ kind }) => kind),
      ),
    };
  const { document, complaints } = kind.read(value);
  return {
    documents: document === null ? [] : [document],
    mistakes: complaints.map(({ path, message, at }) => mistake(yaml, path, message, at)),
  };
}

/** Without a kind no schema can speak, but the head can still be wrong twice. */
function headMistakes(yaml: YamlDocument, value: object, known: readonly string[]): Mistake[] {
  const word = "kind" in value ? value.kind : undefined;
  const version = "apiVersion" in value ? value.apiVersion : undefined;
  const mistakes = [
    typeof word === "string"
      ? mistake(yaml, ["kind"], `no kind "${word}"; ${suggestion(word, known)}`)
      : mistake(yaml, ["kind"], `is missing; expected one of ${known.join(", ")}`),
  ];
  if (version !== API_VERSION) mistakes.unshift(mistake(yaml, ["apiVersion"], `expected ${API_VERSION}`));
  return mistakes;
}

/** Two documents of one kind and name would quietly overwrite each other. */
function repeated(documents: readonly YamlDocument[]): Mistake[] {
  const first = new Map<string, YamlDocument>();
  return documents.flatMap((yaml) => {
    const { kind, name } = nameOf(yaml.value);
    if (typeof kind !== "string" || typeof name !== "string") return [];
    const key = `${kind} "${name}"`;
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, yaml);
      return [];
    }
    const { line } = earlier.locate(["metadata", "name"], "value");
    return [
      mistake(yaml, ["metadata", "name"], `${key} is declared a second time; the first is in ${earlier.file}:${line}`),
    ];
  });
}

function nameOf(value: unknown): { kind: unknown; name: unknown } {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown } | null };
  return { kind, name: metadata?.name };
}

function mistake(
  yaml: YamlDocument,
  path: readonly PropertyKey[],
  message: string,
  at: "key" | "value" = "value",
): Mistake {
  return { file: yaml.file, ...yaml.locate(path, at), path: printPath(path), message };
}

function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}
