import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { secretReference } from "../../../src/adapter/config.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "tutti-secrets-"));

function fileWith(text: string): string {
  const path = join(folder, String(text.length));
  writeFileSync(path, text);
  return `file:${path}`;
}

describe("secrets", () => {
  it("come from the environment", async () => {
    expect(await createSecrets({ env: { A: "geheim" } }).read("env:A")).toBe("geheim");
  });

  it("come from a file, without its last newline", async () => {
    expect(await createSecrets({ env: {} }).read(fileWith(" geheim \n"))).toBe(" geheim ");
  });

  it("are read anew each time", async () => {
    const env = { A: "old" };
    const secrets = createSecrets({ env });
    await secrets.read("env:A");
    env.A = "new";
    expect(await secrets.read("env:A")).toBe("new");
  });

  it.each([
    ["env:MISSING", /env:MISSING is not set/],
    ["env:EMPTY", /is empty/],
    ["file:/no/such/file", /cannot be read: ENOENT/],
    ["literal-geheim", /^a secret is env:NAME or file:\/path$/],
  ])("say what is wrong with %s", async (reference, reason) => {
    await expect(createSecrets({ env: { EMPTY: "" } }).read(reference)).rejects.toThrow(reason);
  });

  it.each(["env:DATABASE_URL", "env:DATABASE_URL_FILE", "env:TUTTI_MASTER_KEY", "env:tutti_token", "env:PGPASSWORD"])(
    "are not our own: %s",
    async (reference) => {
      const env = { [reference.slice(4)]: "geheim" };
      await expect(createSecrets({ env }).read(reference)).rejects.toThrow(/is refused: .*give the tool a variable/);
      expect(secretReference().safeParse(reference).error?.issues[0]?.message).toContain(`${reference} is refused`);
    },
  );

  it.each(["file:/proc/self/environ", "file:/tmp/../proc/1/environ", "file://proc/self/environ", "file:/dev/stdin"])(
    "are not the system's: %s",
    async (reference) => {
      await expect(createSecrets({ env: {} }).read(reference)).rejects.toThrow(/is refused/);
    },
  );

  it("may be called much like our own", async () => {
    const env = { MY_TUTTI_TOKEN: "a", DATABASE_URL_OF_JENKINS: "b" };
    expect(await createSecrets({ env }).read("env:MY_TUTTI_TOKEN")).toBe("a");
    expect(await createSecrets({ env }).read("env:DATABASE_URL_OF_JENKINS")).toBe("b");
  });

  it("are never larger than a secret is", async () => {
    await expect(createSecrets({ env: {} }).read(fileWith("x".repeat(70_000)))).rejects.toThrow(/too large/);
  });
});

describe("secretReference", () => {
  it.each(["env:AIRFLOW_PASSWORD", "file:/run/secrets/x"])("takes %s", (reference) => {
    expect(secretReference().parse(reference)).toBe(reference);
  });

  it.each(["hunter2", "env:", "env:1A", "file:relative", "ENV:X", ""])("refuses %j without repeating it", (literal) => {
    const result = secretReference().safeParse(literal);
    expect(result.error?.issues[0]?.message).toBe(
      "must be a reference, env:NAME or file:/path; a secret itself is never written here",
    );
  });
});
