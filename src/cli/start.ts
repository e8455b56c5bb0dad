/** `tutti start`: one run of a job, and never two, however often it is asked for with one key. */
import { randomBytes } from "node:crypto";
import { exitOf, NOTE, OUTPUT, printRun, RUN_FIELDS, WAIT, waitForEnd } from "./act.ts";
import { createClient } from "./client.ts";
import { type Command, type Input, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";
import type { Run } from "./get-runs.ts";

export const start: Command = {
  name: "start",
  describe: "Start a run of a job",
  args: [{ syntax: "<ref>", describe: "the job: source/job" }],
  options: [
    { syntax: "--param <name=value>", many: true, describe: "a parameter; JSON where it reads as JSON, else a text" },
    { syntax: "--params <json>", describe: "all of them as one JSON object" },
    { syntax: "--key <key>", describe: "yours: asked again with it, this answers with the run already started" },
    NOTE,
    ...WAIT,
    OUTPUT,
  ],
  examples: [
    "tutti start airflow-prod/load_ledger --param date=2026-11-21",
    "tutti start jenkins-core/finance/extract --key extract-2026-11-21 --wait",
  ],

  async run(input, terminal) {
    const client = createClient(terminal);
    const key = textOption(input, "key") ?? `cli-${randomBytes(12).toString("hex")}`;
    // Told before it is sent: whoever gets no answer can ask again for the same run.
    terminal.note(`key: ${key}\n`);
    const { run } = await client.query<{ run: Run & { actions: readonly Told[] } }>(
      `mutation ($ref: String!, $params: JSON, $key: String!, $note: String) {
        run: startJob(ref: $ref, params: $params, key: $key, note: $note) { ${RUN_FIELDS} actions { key merged warning } }
      }`,
      { ref: input.args[0], params: readParams(input), key, note: textOption(input, "note") },
    );
    const told = run.actions.find((action) => action.key === key);
    if (told?.merged) terminal.note("the tool merged it into a run that somebody else had asked for\n");
    if (told?.warning) terminal.note(`${told.warning}\n`);
    const { actions: _, ...shown } = run;
    if (!input.options.wait) {
      await printRun(shown, input, terminal);
      return EXIT.ok;
    }
    const ended = await waitForEnd(client, run.id, input);
    await printRun(ended, input, terminal);
    return exitOf(ended, "succeeded");
  },
};

interface Told {
  readonly key: string;
  readonly merged: boolean;
  readonly warning: string | null;
}

export function readParams(input: Input): object | undefined {
  const whole = textOption(input, "params");
  const single = (input.options.param ?? []) as readonly string[];
  if (whole === undefined && single.length === 0) return undefined;
  return { ...(whole === undefined ? {} : readWhole(whole)), ...Object.fromEntries(single.map(readOne)) };
}

function readWhole(text: string): object {
  const value = parse(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CommandError(EXIT.usage, `--params: expected a JSON object such as {"date": "2026-11-21"}`);
}

function readOne(text: string): [string, unknown] {
  const at = text.indexOf("=");
  if (at < 1) throw new CommandError(EXIT.usage, `--param: "${text}" is no name=value`);
  const value = text.slice(at + 1);
  return [text.slice(0, at), parse(value) ?? value];
}

/** Undefined for what is no JSON; and null is written as a text by nobody. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
