import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InvalidDocuments, printMistake } from "../../../src/documents/mistake.ts";
import { checkDocuments, readDocuments } from "../../../src/documents/read.ts";
import { sourceKind } from "../../../src/documents/source.ts";

const secret = z.string().regex(/^(env:\w+|file:\/.+)$/, "a secret is a reference, env:NAME or file:/path");

/** Shaped like a real adapter's, with every construct that makes an error hard to place. */
const airflow = {
  kind: "airflow",
  title: "Apache Airflow",
  config: z.strictObject({
    url: z.url(),
    api: z.enum(["auto", "v1", "v2"]).default("auto"),
    auth: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("token"), token: secret }),
      z.strictObject({ type: z.literal("basic"), username: z.string(), password: secret }),
    ]),
  }),
};

const kinds = [sourceKind([airflow, { kind: "cron", title: "cron", config: z.strictObject({}) }])];

const GOOD = `apiVersion: tutti.dev/v1
kind: Source
metadata: { name: airflow-prod, labels: { team: data } }
spec:
  adapter: airflow
  config: { url: "https://airflow.example", auth: { type: token, token: env:AIRFLOW_TOKEN } }
  sync: { lookBack: 14d, every: 30s }
`;

function mistakesIn(text: string, file = "a.yaml"): string[] {
  return checkDocuments([{ file, text }], kinds).mistakes.map(printMistake);
}

/** The good document with one line of it changed. */
function withLine(line: RegExp, other: string): string[] {
  const text = GOOD.replace(line, other);
  expect(text).not.toBe(GOOD);
  return mistakesIn(text);
}

describe("readDocuments", () => {
  it("reads a source with its durations", () => {
    expect(readDocuments([{ file: "a.yaml", text: GOOD }], kinds)).toEqual([
      {
        kind: "Source",
        metadata: { name: "airflow-prod", labels: { team: "data" } },
        spec: {
          adapter: "airflow",
          config: { url: "https://airflow.example", auth: { type: "token", token: "env:AIRFLOW_TOKEN" } },
          sync: { lookBackMs: 14 * 86_400_000, everyMs: 30_000, overlapMs: null },
        },
      },
    ]);
  });

  it("reads several documents of one file", () => {
    const second = GOOD.replace("airflow-prod", "airflow-lab");
    const found = readDocuments([{ file: "a.yaml", text: `---\n${GOOD}---\n${second}---\n` }], kinds);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["airflow-prod", "airflow-lab"]);
  });

  it("tells every mistake of every file at once", () => {
    const text = `apiVersion: tutti.dev/v2
kind: Source
metadata:
  name: Airflow Prod
  lables: { team: data }
spec:
  adapter: airflow
  config:
    url: not a url
    api: v22
    auth: { type: token, tokn: env:X }
  sync: { lookBack: two weeks, evry: 30s }
`;
    const read = () =>
      readDocuments(
        [
          { file: "b.yaml", text },
          { file: "a.yaml", text: "kind: Sorce\n" },
        ],
        kinds,
      );
    expect(read).toThrow(InvalidDocuments);
    expect(read).toThrow(
      [
        `a.yaml:1:1 apiVersion: expected tutti.dev/v1`,
        `a.yaml:1:7 kind: no kind "Sorce"; did you mean "Source"?`,
        `b.yaml:1:13 apiVersion: unknown word "tutti.dev/v2"; expected tutti.dev/v1`,
        `b.yaml:4:9 metadata.name: a name holds a-z, 0-9 and "-", up to 63 of them, and no "-" at its ends; found "Airflow Prod"`,
        `b.yaml:5:3 metadata.lables: unknown key "lables"; did you mean "labels"?`,
        `b.yaml:9:10 spec.config.url: invalid URL`,
        `b.yaml:10:10 spec.config.api: unknown word "v22"; did you mean "v2"?`,
        `b.yaml:11:5 spec.config.auth.token: is missing; expected text`,
        `b.yaml:11:26 spec.config.auth.tokn: unknown key "tokn"; did you mean "token"?`,
        `b.yaml:12:21 spec.sync.lookBack: a duration is a number and a unit, such as 30s, 15m, 4h, 14d; found "two weeks"`,
        `b.yaml:12:32 spec.sync.evry: unknown key "evry"; did you mean "every"?`,
      ].join("\n"),
    );
  });
});

describe("a mistake", () => {
  it("names an unknown adapter and the one meant", () => {
    expect(withLine(/adapter: .*/, "adapter: airflwo")).toEqual([
      `a.yaml:5:12 spec.adapter: no adapter "airflwo"; did you mean "airflow"?`,
    ]);
  });

  it("lists what exists when nothing is near", () => {
    expect(withLine(/adapter: .*/, "adapter: autosys")).toEqual([
      `a.yaml:5:12 spec.adapter: no adapter "autosys"; expected one of airflow, cron`,
    ]);
  });

  it("asks for quotes around a scalar that is no text", () => {
    expect(withLine(/name: airflow-prod/, "name: 2024")).toEqual([
      `a.yaml:3:19 metadata.name: expected text, found the number 2024; write "2024" in quotes`,
    ]);
    expect(withLine(/team: data/, "team: true")[0]).toMatch(`found the boolean true; write "true" in quotes`);
  });

  it("names the words of a union's own key", () => {
    expect(withLine(/type: token/, "type: tokem")).toEqual([
      `a.yaml:6:59 spec.config.auth.type: unknown word "tokem"; did you mean "token"?`,
    ]);
  });

  it("is found though the document lacks its spec", () => {
    expect(mistakesIn("apiVersion: tutti.dev/v1\nkind: Source\nmetadata: { name: a }\n")).toEqual([
      "a.yaml:1:1 spec: is missing; expected a map",
    ]);
  });

  it("never repeats a secret written in the wrong place", () => {
    const found = withLine(/env:AIRFLOW_TOKEN/, "hunter2-hunter2");
    expect(found).toEqual([`a.yaml:6:73 spec.config.auth.token: a secret is a reference, env:NAME or file:/path`]);
    expect(withLine(/api.*|type: token/, "type: hunter2").join()).not.toMatch("hunter2");
  });

  it("tells of a name declared twice, across files", () => {
    const files = [
      { file: "a.yaml", text: GOOD },
      { file: "b.yaml", text: GOOD },
    ];
    expect(checkDocuments(files, kinds).mistakes.map(printMistake)).toEqual([
      `b.yaml:3:19 metadata.name: Source "airflow-prod" is declared a second time; the first is in a.yaml:3`,
    ]);
  });
});

describe("a file that is no good YAML", () => {
  it.each([
    ["is empty", "", "a.yaml:1:1 holds no document; one begins with apiVersion, kind and metadata"],
    ["holds only comments", "# nothing\n---\n", "a.yaml:1:1 holds no document"],
    ["holds a text", "hello\n", "a.yaml:1:1 is no document"],
    [
      "is indented with tabs",
      GOOD.replace("  adapter", "\tadapter"),
      "a.yaml:5:1 a tab cannot indent YAML; use spaces",
    ],
    [
      "has a key twice",
      GOOD.replace("kind: Source", "kind: Source\nkind: Source"),
      "a.yaml:3:1 this key stands here twice",
    ],
    [
      "uses a tag",
      GOOD.replace("adapter: airflow", "adapter: !include x"),
      "a.yaml:5:12 tags such as !include are not read",
    ],
    ["is cut off", GOOD.replace("14d, every: 30s }", "14d,"), "a.yaml:8:1 is not YAML"],
    ["has a map as a key", `${GOOD}? { a: b }\n: c\n`, "a key must be text"],
  ])("%s", (_fact, text, message) => {
    expect(mistakesIn(text).join("\n")).toMatch(message);
  });

  it("holds an alias bomb", () => {
    const laughs = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [letter, before] of ["ba", "cb", "dc", "ed", "fe"]) {
      laughs.push(`${letter}: &${letter} [${Array.from({ length: 10 }, () => `*${before}`).join(", ")}]`);
    }
    expect(mistakesIn(laughs.join("\n"))[0]).toMatch(/^a\.yaml:2:8 has aliases that .* multiply/);
  });

  it.each(["[", "{a: ", "- ", "? "])("nests %j twenty thousand deep", (opening) => {
    expect(mistakesIn(opening.repeat(20_000))).toEqual(["a.yaml:1:1 is nested deeper than 64 levels"]);
  });

  it("is larger than a person writes", () => {
    expect(mistakesIn(`a: ${"x".repeat(300_000)}`)[0]).toMatch("characters long");
  });

  it("cannot reach a prototype", () => {
    const found = mistakesIn(`${GOOD}__proto__: { polluted: true }\n`);
    expect(found).toEqual([
      `a.yaml:8:1 __proto__: unknown key "__proto__"; expected one of apiVersion, kind, metadata, spec`,
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
