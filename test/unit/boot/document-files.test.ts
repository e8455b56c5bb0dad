import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readFiles } from "../../../src/boot/document-files.ts";

const folder = mkdtempSync(join(tmpdir(), "tutti-documents-"));
afterAll(() => rmSync(folder, { recursive: true }));

for (const path of ["b.yaml", "a.yml", "inner/c.json", "README.md", "..data/a.yml", ".hidden.yaml"]) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), path);
}
mkdirSync(join(folder, "empty"));

describe("readFiles", () => {
  it("reads documents in order, and nothing hidden", async () => {
    const files = await readFiles(folder, "TUTTI_DOCUMENTS");
    expect(files.map(({ text }) => text)).toEqual(["a.yml", "b.yaml", "inner/c.json"]);
  });

  it("reads one file, whatever it is called", async () => {
    expect(await readFiles(join(folder, "README.md"), "file")).toEqual([
      { file: join(folder, "README.md"), text: "README.md" },
    ]);
  });

  it("refuses a folder with no document, and one that is not there", async () => {
    await expect(readFiles(join(folder, "empty"), "TUTTI_DOCUMENTS")).rejects.toThrow(
      "holds no file that ends in .yaml",
    );
    await expect(readFiles(join(folder, "none"), "TUTTI_DOCUMENTS")).rejects.toThrow("cannot be read: ENOENT");
  });
});
