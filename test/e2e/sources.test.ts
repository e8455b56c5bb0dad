import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AirflowSandbox, openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import { type Home, newHome } from "./process.ts";

let home: Home;
let sandbox: AirflowSandbox;
let documents: string;

beforeAll(async () => {
  home = await newHome();
  sandbox = await openAirflowSandbox({ api: "v2", jobs: 3 });
  documents = join(home.folder, "documents");
  mkdirSync(documents);
});
afterAll(async () => {
  await home.remove();
  await sandbox.close();
});

function declare(file: string, name: string, config: unknown): void {
  const document = {
    apiVersion: "tutti.dev/v1",
    kind: "Source",
    metadata: { name },
    spec: { adapter: "airflow", config },
  };
  writeFileSync(join(documents, file), JSON.stringify(document, null, 2));
}

const WRONG = `apiVersion: tutti.dev/v1
kind: Source
metadata: { name: Airflow }
spec:
  adapter: airflow
  config: { url: "https://airflow.example.com", auth: { kind: bearer, token: hunter2-hunter2 } }
  sync: { lookback: 14d }
---
kind: Sorce
`;

describe("wrong documents", () => {
  const expected = [
    /wrong\.yaml:3:19 metadata\.name: a name holds/,
    /wrong\.yaml:6:\d+ spec\.config\.auth\.token: must be a reference, env:NAME or file:\/path/,
    /wrong\.yaml:7:11 spec\.sync\.lookback: unknown key "lookback"; did you mean "lookBack"\?/,
    /wrong\.yaml:9:1 apiVersion: expected tutti\.dev\/v1/,
    /wrong\.yaml:9:7 kind: no kind "Sorce"; did you mean "Source"\?/,
  ];

  it.each([["up"], ["validate"]])("end tutti %s with 7 and every mistake", async (command) => {
    writeFileSync(join(documents, "wrong.yaml"), WRONG);
    const words = command === "up" ? ["up"] : ["validate", documents];
    const { code, note } = await home.run(words, { TUTTI_DOCUMENTS: documents });
    rmSync(join(documents, "wrong.yaml"));
    expect(code).toBe(7);
    for (const mistake of expected) expect(note).toMatch(mistake);
    expect(note).not.toMatch("hunter2");
  });
});

describe("wrong settings", () => {
  it("end it with 2, all in one message", async () => {
    const { code, note } = await home.run(["up"], { TUTTI_LISTEN: "0.0.0.0:7171", TUTTI_DEMO: "maybe" });
    expect(code).toBe(2);
    expect(note).toMatch("TUTTI_LISTEN: 0.0.0.0:7171 can be reached from outside");
    expect(note).toMatch('TUTTI_DEMO: expected 0 or 1, found "maybe"');
  });
});

describe("declared sources", () => {
  beforeAll(async () => {
    declare("one.yaml", "airflow-one", sandbox.config);
    declare("gone.yaml", "airflow-gone", { url: "http://127.0.0.1:1", auth: { kind: "none" } });
    await home.up({ TUTTI_DOCUMENTS: documents, ...sandbox.secrets });
  });

  it("take the place of the demo", async () => {
    const { out } = await home.run(["get", "sources", "-o", "name"]);
    expect(out).toBe("airflow-gone\nairflow-one\n");
  });

  it("are examined, down to a missing right by its name", async () => {
    sandbox.quirks.forbidden.add("dagRuns");
    const { code, out, note } = await home.run(["doctor", "airflow-one"]);
    sandbox.quirks.forbidden.delete("dagRuns");
    expect(code).toBe(1);
    expect(out).toMatch(/^ok +tcp +port \d+ is open$/m);
    expect(out).toMatch(/^failed +right +.* is missing$/m);
    expect(note).toMatch("give it to the user that Tutti signs in with");
  });

  it("end doctor with 6 when they cannot be reached", async () => {
    const { code, out } = await home.run(["doctor", "airflow-gone"]);
    expect(code).toBe(6);
    expect(out).toMatch(/^failed +tcp +port 1 of 127\.0\.0\.1 does not open \(ECONNREFUSED\)$/m);
    expect(out).toMatch(/^unknown +auth /m);
  });

  it("end doctor with 3 when there is none such", async () => {
    const { code, note } = await home.run(["doctor", "airflow-two"]);
    expect([code, note]).toEqual([3, expect.stringMatching('there is no source "airflow-two"')]);
  });
});
