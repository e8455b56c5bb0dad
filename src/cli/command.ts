/** A command is a value. `tutti.ts` turns the list of them into a program; nothing else knows the parser. */
import type { ExitCode } from "./exit.ts";

export interface Command {
  /** `get`, `schedule next`. */
  readonly name: string;
  readonly describe: string;
  readonly args: readonly Argument[];
  readonly options: readonly Option[];
  /** Shown first in the help, for most people read no further. */
  readonly examples: readonly string[];
  run(input: Input, terminal: Terminal): Promise<ExitCode>;
}

export interface Argument {
  /** `<kind>` is needed, `[names...]` may be left out and may be many. */
  readonly syntax: string;
  readonly describe: string;
  readonly choices?: readonly string[];
}

export interface Option {
  /** `-o, --output <format>`. */
  readonly syntax: string;
  readonly describe: string;
  /** May be given again. */
  readonly many?: true;
  readonly byDefault?: string;
  readonly choices?: readonly string[];
}

export interface Input {
  readonly args: readonly string[];
  /** By the long name in camelCase. A flag is `true`; an option that may be repeated is a list. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** Data goes to `out`, everything else to `note`. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** Columns of the screen; null where the output is read by a program. */
  readonly width: number | null;
  out(text: string): void;
  note(text: string): void;
}

export function textOption(input: Input, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

/** Repeated or parted by commas, as people try both. */
export function listOption(input: Input, name: string): readonly string[] | undefined {
  const value = input.options[name];
  if (value === undefined || typeof value === "boolean") return undefined;
  const words = typeof value === "string" ? [value] : value;
  return words.flatMap((word) => word.split(",")).filter((word) => word !== "");
}
