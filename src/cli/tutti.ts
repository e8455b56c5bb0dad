#!/usr/bin/env node
/** The command line: what was typed in, an exit code out. */
import { ourPackage } from "../boot/package.ts";
import { commands } from "./commands.ts";
import type { Terminal } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";
import { runProgram } from "./program.ts";

const terminal: Terminal = {
  environment: process.env,
  now: new Date(),
  width: process.stdout.isTTY ? process.stdout.columns : null,
  out: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
};

// `tutti get runs | head` closes the pipe early, which is no error of anybody.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  process.exitCode = await runProgram(commands, process.argv.slice(2), terminal, ourPackage().version);
} catch (error) {
  if (error instanceof CommandError) {
    terminal.note(`tutti: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    terminal.note(`tutti: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = EXIT.error;
  }
}
