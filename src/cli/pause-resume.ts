/** `tutti pause` and `tutti resume`: the switch of a job in its tool. */
import { NOTE, OUTPUT, printJob } from "./act.ts";
import { createClient } from "./client.ts";
import { type Command, textOption } from "./command.ts";
import { EXIT } from "./exit.ts";

function commandOf(name: "pause" | "resume", describe: string): Command {
  return {
    name,
    describe,
    args: [{ syntax: "<ref>", describe: "the job: source/job" }],
    options: [NOTE, OUTPUT],
    examples: [`tutti ${name} airflow-prod/load_ledger --note "month end"`],

    async run(input, terminal) {
      const client = createClient(terminal);
      const [ref = ""] = input.args;
      await client.query(`mutation ($ref: String!, $note: String) { job: ${name}Job(ref: $ref, note: $note) { id } }`, {
        ref,
        note: textOption(input, "note"),
      });
      await printJob(client, ref, input, terminal);
      return EXIT.ok;
    },
  };
}

export const pause = commandOf("pause", "Hold a job's schedule in its tool");
export const resume = commandOf("resume", "Let a paused job go on in its tool");
