/** What the acting commands share: one run or job as the API answers, printed in the form that was asked for. */
import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../lib/input-error.ts";
import { parseDuration } from "../lib/duration.ts";
import { isRunState, isTerminal } from "../model/run-state.ts";
import type { Client } from "./client.ts";
import { type Input, type Option, type Terminal, textOption } from "./command.ts";
import { CommandError, EXIT, type ExitCode } from "./exit.ts";
import { jobs } from "./get-jobs.ts";
import { type Run, RUN_FIELDS, runs } from "./get-runs.ts";
import { OUTPUTS, printList } from "./output.ts";

export const OUTPUT: Option = {
  syntax: "-o, --output <format>",
  describe: "the form of the answer",
  byDefault: "table",
  choices: OUTPUTS,
};
export const NOTE: Option = { syntax: "--note <text>", describe: "why, for whoever reads it later" };
export const WAIT: readonly Option[] = [
  { syntax: "--wait", describe: "until it has ended; fails unless it has succeeded" },
  { syntax: "--timeout <duration>", describe: "wait no longer than this: 90s, 2h", byDefault: "24h" },
];

export { RUN_FIELDS };

export async function printRun(run: Run, input: Input, terminal: Terminal): Promise<void> {
  terminal.out(await printList(outputOf(input), runs.listing(terminal.now), [run], terminal.width));
}

/** The job of this reference as it is now. */
export async function printJob(client: Client, ref: string, input: Input, terminal: Terminal): Promise<void> {
  const job = await jobs.find(client, ref);
  if (job === null) throw new CommandError(EXIT.notFound, `there is no job ${ref}`);
  terminal.out(await printList(outputOf(input), jobs.listing(terminal.now), [job], terminal.width));
}

function outputOf(input: Input) {
  return OUTPUTS.find((format) => format === textOption(input, "output")) ?? "table";
}

const LOOK_EVERY_MS = 1_000;

/** The run once it has ended. */
export async function waitForEnd(client: Client, id: string, input: Input): Promise<Run> {
  const text = textOption(input, "timeout") ?? "24h";
  const enough = AbortSignal.timeout(readTimeout(text));
  for (;;) {
    const run = await runs.find(client, id);
    if (run === null) throw new CommandError(EXIT.notFound, `there is no run ${id}`);
    if (hasEnded(run)) return run;
    await pause(LOOK_EVERY_MS, undefined, { signal: enough }).catch(() => {
      throw new CommandError(EXIT.timedOut, `after ${text} the run is still ${run.state.toLowerCase()}`);
    });
  }
}

export function hasEnded({ state }: Pick<Run, "state">): boolean {
  const word = state.toLowerCase();
  return isRunState(word) && isTerminal(word);
}

/** `cancelled` is what was wanted of a cancel, and of nothing else. */
export function exitOf({ state }: Run, wanted: string): ExitCode {
  return state.toLowerCase() === wanted ? EXIT.ok : EXIT.error;
}

function readTimeout(text: string): number {
  try {
    // A timer holds 24 days; nobody waits longer at a prompt.
    return Math.min(parseDuration(text, "--timeout"), 2_147_483_647);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CommandError(EXIT.usage, `--timeout: ${error.message}`, { cause: error });
  }
}
