/** The list of commands as a program of `commander`, the only file that knows it. */
import { Argument, Command as Program, CommanderError, Option } from "commander";
import type { Command, Input, Terminal } from "./command.ts";
import { EXIT, type ExitCode } from "./exit.ts";

/** Runs one command line and answers with how it ended. Never throws for what a person typed. */
export async function runProgram(
  commands: readonly Command[],
  words: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  let ended: ExitCode = EXIT.ok;
  const program = new Program("tutti")
    .description("One layer over the schedulers you already have: what ran, what failed, what happens next.")
    .version(version, "-V, --version")
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput(streams(terminal))
    .addHelpText(
      "after",
      "\nExit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 conflict,\n  6 a source is unreachable, 7 invalid document, 124 timed out",
    );

  for (const command of commands) {
    addTo(program, command, terminal).action(async (...all: unknown[]) => {
      const self = all.at(-1) as Program;
      const input: Input = {
        args: self.processedArgs.flat().filter((word) => word !== undefined),
        options: self.opts(),
      };
      ended = await command.run(input, terminal);
    });
  }

  try {
    await program.parseAsync(words, { from: "user" });
    return ended;
  } catch (error) {
    // Help and version are thrown too, as successes; all else that commander throws is a misuse.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

function addTo(program: Program, { name, describe, args, options, examples }: Command, terminal: Terminal): Program {
  const words = name.split(" ");
  const command = groupOf(program, words.slice(0, -1))
    .command(words.at(-1) ?? name)
    .description(describe)
    .exitOverride()
    .configureOutput(streams(terminal));
  for (const { syntax, describe, choices } of args) {
    const argument = new Argument(syntax, describe);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const { syntax, describe, choices, byDefault, many } of options) {
    const option = new Option(syntax, describe);
    if (choices) option.choices(choices);
    if (byDefault !== undefined) option.default(byDefault);
    // Not commander's `<name...>`, which would swallow the arguments behind it.
    if (many) option.argParser((word: string, before: string[] | undefined) => [...(before ?? []), word]);
    command.addOption(option);
  }
  return command.addHelpText("before", `Examples:\n${examples.map((line) => `  ${line}\n`).join("")}`);
}

/** `schedule` of `schedule next`: made by the first of its commands, shared by the others. */
function groupOf(program: Program, words: readonly string[]): Program {
  return words.reduce(
    (group, word) =>
      group.commands.find((known) => known.name() === word) ??
      group.command(word).exitOverride().copyInheritedSettings(group),
    program,
  );
}

function streams(terminal: Terminal) {
  return { writeOut: (text: string) => terminal.out(text), writeErr: (text: string) => terminal.note(text) };
}
