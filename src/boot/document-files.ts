/** The YAML files that a person named: a file, or a folder with all that lies in it. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../lib/input-error.ts";
import { readDocuments, type TextFile } from "../documents/read.ts";
import type { SourceDocument } from "../documents/source.ts";
import { kinds } from "./kinds.ts";

export { InvalidDocuments } from "../documents/mistake.ts";

const YAML = /\.(ya?ml|json)$/;

/** What TUTTI_DOCUMENTS holds; nothing where it is not set. */
export async function readSources(folder: string | null): Promise<readonly SourceDocument[]> {
  return folder === null ? [] : readDocuments(await readFiles(folder, "TUTTI_DOCUMENTS"), kinds);
}

/** In the order of their names, which is the order of every message about them. */
export async function readFiles(path: string, setting: string): Promise<TextFile[]> {
  try {
    const files = (await stat(path)).isDirectory() ? await yamlFilesIn(path) : [path];
    if (files.length === 0) throw new InputError(setting, `${path} holds no file that ends in .yaml, .yml or .json`);
    return await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, "utf8") })));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new InputError(setting, `${path} cannot be read: ${code}`, { cause: error });
  }
}

/** A mounted Kubernetes ConfigMap holds every file twice, once below a folder that begins with a dot. */
async function yamlFilesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      if ((await stat(path)).isDirectory()) return yamlFilesIn(path);
      return YAML.test(name) ? [path] : [];
    }),
  );
  return found.flat();
}
