/** `tutti get sources|jobs|runs|gates|dependencies`: what is there, now, as the API tells it. */
import { type Client, createClient } from "./client.ts";
import { type Command, type Input, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";
import { dependencies } from "./get-dependencies.ts";
import { gates } from "./get-gates.ts";
import { jobs } from "./get-jobs.ts";
import { runs } from "./get-runs.ts";
import { sources } from "./get-sources.ts";
import type { Found, Gettable } from "./gettable.ts";
import { type Output, OUTPUTS, printList } from "./output.ts";

const KINDS: Readonly<Record<string, Gettable>> = { sources, jobs, runs, gates, dependencies };
const SHORT: Readonly<Record<string, string>> = { source: "sources", job: "jobs", run: "runs", gate: "gates" };

export const get: Command = {
  name: "get",
  describe: "List sources, jobs, runs, gates or dependencies",
  args: [
    { syntax: "<kind>", describe: "what to list", choices: [...Object.keys(KINDS), ...Object.keys(SHORT)] },
    {
      syntax: "[names...]",
      describe: "only these: names of sources, references of jobs (source/job), ids of runs and gates",
    },
  ],
  options: [
    { syntax: "-o, --output <format>", describe: "the form of the answer", byDefault: "table", choices: OUTPUTS },
    { syntax: "--source <name>", many: true, describe: "of these sources" },
    { syntax: "--label <key=value>", many: true, describe: "of sources with these labels" },
    { syntax: "--job <ref>", many: true, describe: "runs, gates or dependencies of these jobs" },
    { syntax: "--state <state>", many: true, describe: "runs in these states: failed, running, …" },
    { syntax: "--since <time>", describe: "runs begun since: 24h, 7d, or a time in ISO 8601" },
    { syntax: "--owner <name>", many: true, describe: "jobs of these owners" },
    { syntax: "--tag <tag>", many: true, describe: "jobs with these tags" },
    { syntax: "--text <text>", describe: "part of a name or of an error" },
    { syntax: "--limit <count>", describe: "at most so many", byDefault: "50" },
    { syntax: "--all", describe: "every one, however many" },
  ],
  examples: [
    "tutti get sources",
    "tutti get jobs --source airflow-prod -o wide",
    "tutti get runs --state failed --since 24h",
    "tutti get gates",
    "tutti get dependencies --job airflow-prod/load_ledger",
    "tutti get runs --job airflow-prod/load_ledger --limit 1 -o json",
  ],

  async run(input, terminal) {
    const [word = "", ...names] = input.args;
    const kind = KINDS[SHORT[word] ?? word];
    if (!kind) throw new CommandError(EXIT.usage, `get what? ${Object.keys(KINDS).join(", ")}`);
    const client = createClient(terminal);
    const question = { input, now: terminal.now, limit: limitOf(input) };
    const { rows, hasMore } = names.length > 0 ? await findAll(client, kind, names) : await kind.list(client, question);
    terminal.out(await printList(outputOf(input), kind.listing(terminal.now), rows, terminal.width));
    if (rows.length === 0) terminal.note(`no ${kind.singular} matches\n`);
    if (hasMore) terminal.note("there are more; ask with --limit or --all\n");
    return EXIT.ok;
  },
};

async function findAll(client: Client, kind: Gettable, names: readonly string[]): Promise<Found<object>> {
  const rows = await Promise.all(
    names.map(async (name) => {
      const found = await kind.find(client, name);
      if (found === null) throw new CommandError(EXIT.notFound, `there is no ${kind.singular} ${name}`);
      return found;
    }),
  );
  return { rows, hasMore: false };
}

function outputOf(input: Input): Output {
  return OUTPUTS.find((format) => format === textOption(input, "output")) ?? "table";
}

function limitOf(input: Input): number {
  if (input.options.all === true) return Number.POSITIVE_INFINITY;
  const limit = Number(textOption(input, "limit") ?? 50);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new CommandError(EXIT.usage, "--limit: expected a whole number from 1");
}
