/** `tutti doctor <source>`: the server asks the source everything that can be wrong, and tells what to do. */
import type { Check } from "../model/check.ts";
import { createClient } from "./client.ts";
import type { Command } from "./command.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printTable } from "./table.ts";

/** The API's words are in capitals. */
interface CheckReply {
  readonly subject: string;
  readonly outcome: string;
  readonly detail: string;
  readonly advice: string | null;
}

export const doctor: Command = {
  name: "doctor",
  describe: "Examine the connection to a source: the way, the rights, the version, the clock",
  args: [{ syntax: "<source>", describe: "its name" }],
  options: [
    {
      syntax: "-o, --output <format>",
      describe: "the form of the answer",
      byDefault: "table",
      choices: ["table", "json"],
    },
  ],
  examples: ["tutti doctor airflow-prod"],

  async run({ args, options }, terminal) {
    const { checks: replies } = await createClient(terminal).query<{ checks: readonly CheckReply[] }>(
      "query ($name: String!) { checks: checkSource(name: $name) { subject outcome detail advice } }",
      { name: args[0] },
    );
    const checks = replies.map(readCheck);
    terminal.out(
      options.output === "json" ? `${JSON.stringify(checks, null, 2)}\n` : printChecks(checks, terminal.width),
    );
    for (const { subject, detail, advice } of checks) {
      if (advice !== null) terminal.note(`${subject}: ${detail}: ${advice}\n`);
    }
    return exitOf(checks);
  },
};

function readCheck({ subject, outcome, ...rest }: CheckReply): Check {
  return { subject: subject.toLowerCase(), outcome: outcome.toLowerCase(), ...rest } as Check;
}

function printChecks(checks: readonly Check[], width: number | null): string {
  const columns = [
    { title: "OUTCOME", cell: ({ outcome }: Check) => outcome },
    { title: "CHECK", cell: ({ subject }: Check) => subject },
    { title: "DETAIL", cell: ({ detail }: Check) => detail },
  ];
  return printTable(columns, checks, width);
}

/** Whoever cannot be reached is somebody else's trouble than whoever refuses us. */
export function exitOf(checks: readonly Check[]): ExitCode {
  const failed = checks.filter(({ outcome }) => outcome === "failed");
  if (failed.some(({ subject }) => ["dns", "tcp", "tls", "answer"].includes(subject))) return EXIT.sourceUnreachable;
  return failed.length > 0 ? EXIT.error : EXIT.ok;
}
