/** `tutti logs`: the end of a run's log, and what is added while it goes on. */
import { setTimeout as wait } from "node:timers/promises";
import { hasEnded } from "./act.ts";
import { type Client, createClient } from "./client.ts";
import { type Command, type Input, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";

const LOOK_EVERY_MS = 2_000;
/** Enough of what was printed last to know the place again. */
const KNOWN_END = 2_000;

export const logs: Command = {
  name: "logs",
  describe: "Show the log of a run",
  args: [{ syntax: "<run>", describe: "its id, as `tutti get runs -o name` prints it" }],
  options: [
    { syntax: "-f, --follow", describe: "go on until the run has ended" },
    { syntax: "--tail <lines>", describe: "only the last lines" },
  ],
  examples: ["tutti logs UnVuOjE6MQ== --tail 100", "tutti logs UnVuOjE6MQ== -f"],

  async run(input, terminal) {
    const client = createClient(terminal);
    const [id = ""] = input.args;
    const tail = tailOf(input);
    let { log, ended } = await look(client, id, tail, input.options.follow === true);
    terminal.out(log);
    while (input.options.follow && !ended) {
      await wait(LOOK_EVERY_MS);
      const next = await look(client, id, undefined, true);
      terminal.out(addedTo(log, next.log));
      ({ log, ended } = next);
    }
    return EXIT.ok;
  },
};

interface Look {
  readonly log: string;
  readonly ended: boolean;
}

/** The state is read with the log: what was written before the end is then never missed. `early`: it may have none yet. */
async function look(client: Client, id: string, tail: number | undefined, early: boolean): Promise<Look> {
  const { run: before } = await client.query<{ run: { readonly state: string } | null }>(
    "query ($id: ID!) { run(id: $id) { state } }",
    { id },
  );
  if (before === null) throw new CommandError(EXIT.notFound, `there is no run ${id}`);
  const ended = hasEnded(before);
  try {
    const { run } = await client.query<{ run: { readonly log: string | null } | null }>(
      "query ($id: ID!, $tail: Int) { run(id: $id) { log(tail: $tail) } }",
      { id, tail },
    );
    return { log: run?.log ?? "", ended };
  } catch (error) {
    const none = error instanceof CommandError && error.exitCode === EXIT.notFound;
    if (none && early && !ended) return { log: "", ended };
    throw error;
  }
}

/** What stands behind the part that was printed before. Only the end is kept by the server, so its front moves. */
export function addedTo(before: string, now: string): string {
  if (now.startsWith(before)) return now.slice(before.length);
  const end = before.slice(-KNOWN_END);
  const at = now.lastIndexOf(end);
  return at < 0 ? now : now.slice(at + end.length);
}

function tailOf(input: Input): number | undefined {
  const text = textOption(input, "tail");
  if (text === undefined) return undefined;
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 1) return lines;
  throw new CommandError(EXIT.usage, "--tail: expected a whole number of lines from 1");
}
