/** `tutti cancel` and `tutti retry`: what can be asked of one run. */
import { exitOf, NOTE, OUTPUT, printRun, RUN_FIELDS, WAIT, waitForEnd } from "./act.ts";
import { createClient } from "./client.ts";
import { type Command, textOption } from "./command.ts";
import { EXIT } from "./exit.ts";
import type { Run } from "./get-runs.ts";

interface Act {
  readonly name: "cancel" | "retry";
  readonly describe: string;
  readonly mutation: string;
  /** How a run that was waited for should have ended. */
  readonly wanted: string;
}

function commandOf({ name, describe, mutation, wanted }: Act): Command {
  return {
    name,
    describe,
    args: [{ syntax: "<run>", describe: "its id, as `tutti get runs -o name` prints it" }],
    options: [NOTE, ...WAIT, OUTPUT],
    examples: [`tutti ${name} UnVuOjE6MQ==`, `tutti ${name} UnVuOjE6MQ== --wait --note "asked by finance"`],

    async run(input, terminal) {
      const client = createClient(terminal);
      const { run } = await client.query<{ run: Run }>(
        `mutation ($id: ID!, $note: String) { run: ${mutation}(id: $id, note: $note) { ${RUN_FIELDS} } }`,
        { id: input.args[0], note: textOption(input, "note") },
      );
      const shown = input.options.wait ? await waitForEnd(client, run.id, input) : run;
      await printRun(shown, input, terminal);
      return input.options.wait ? exitOf(shown, wanted) : EXIT.ok;
    },
  };
}

export const cancel = commandOf({
  name: "cancel",
  describe: "Stop a run",
  mutation: "cancelRun",
  wanted: "cancelled",
});

export const retry = commandOf({
  name: "retry",
  describe: "Do a finished run again",
  mutation: "retryRun",
  wanted: "succeeded",
});
