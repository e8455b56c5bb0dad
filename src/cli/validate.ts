/** `tutti validate`: every mistake of every document, before anything is applied. Needs no server. */
import type { Command } from "./command.ts";
import { InputError } from "../lib/input-error.ts";
import { CommandError, EXIT } from "./exit.ts";

export const validate: Command = {
  name: "validate",
  describe: "Check documents and tell every mistake in them",
  args: [{ syntax: "<paths...>", describe: "files, or folders of them" }],
  options: [],
  examples: ["tutti validate sources.yaml", "tutti validate documents/"],

  async run({ args }, terminal) {
    const { validate } = await import("../boot/validate.ts");
    const { documents, mistakes } = await validate(args).catch((error: unknown) => {
      if (error instanceof InputError) throw new CommandError(EXIT.usage, error.message, { cause: error });
      throw error;
    });
    for (const mistake of mistakes) terminal.note(`${mistake}\n`);
    if (mistakes.length > 0) return EXIT.invalidDocument;
    for (const { kind, name } of documents) terminal.out(`${kind.toLowerCase()}/${name} is valid\n`);
    return EXIT.ok;
  },
};
