/** `tutti up`: everything in one process, or one part of it. */
import { InputError } from "../lib/input-error.ts";
import { type Command, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";

export const up: Command = {
  name: "up",
  describe: "Start Tutti: everything in this process, on an embedded PostgreSQL unless DATABASE_URL is set",
  args: [],
  options: [
    {
      syntax: "--only <part>",
      describe: "just this part; the others run elsewhere",
      choices: ["api", "worker", "sync"],
    },
  ],
  examples: ["tutti up", "DATABASE_URL=postgres://… tutti up --only sync"],

  async run(input, terminal) {
    // Here and not above: every other command would wait for the whole house to load.
    const [{ up }, { PARTS }, { InvalidDocuments }] = await Promise.all([
      import("../boot/up.ts"),
      import("../main.ts"),
      import("../boot/document-files.ts"),
    ]);
    const only = PARTS.find((part) => part === textOption(input, "only")) ?? null;
    try {
      const clean = await up({ environment: terminal.environment, only, print: (text) => terminal.out(text) });
      return clean ? EXIT.ok : EXIT.error;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const code = error instanceof InvalidDocuments ? EXIT.invalidDocument : EXIT.usage;
      throw new CommandError(code, error.message, { cause: error });
    }
  },
};
