/** Objects that other people's projects test themselves with, as a server would hand them out. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const FOLDER = join(import.meta.dirname, "../../../corpus/kubernetes");

export interface CorpusObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: object;
}

/** Their authors left out what every server writes. */
export function asServed(object: CorpusObject): CorpusObject {
  const written = { namespace: "default", uid: "0f8c1a2b-uid" };
  return { ...object, metadata: { ...written, ...object.metadata } };
}

export function readCases(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
}

export function readFilled(): (readonly [string, CorpusObject])[] {
  const files = readdirSync(FOLDER).filter((file) => file.startsWith("fullyfilled-"));
  return files.map((file) => [file, readCases(file) as CorpusObject] as const);
}

/** One file holds what an action makes: a list with operations. */
export function readArgo(): (readonly [string, CorpusObject])[] {
  const folder = join(FOLDER, "argocd");
  return readdirSync(folder).flatMap((file) => {
    const read = parse(readFileSync(join(folder, file), "utf8")) as CorpusObject | { unstructuredObj: CorpusObject }[];
    const objects = Array.isArray(read) ? read.map(({ unstructuredObj }) => unstructuredObj) : [read];
    return objects.map((object) => [file.replace(".yaml", ""), asServed(object)] as const);
  });
}
