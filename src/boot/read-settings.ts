/** Environment in, settings out, with all mistakes in one message and no secret in any of them. */
import { readFileSync } from "node:fs";
import { InputError } from "../lib/input-error.ts";
import { nearest } from "../lib/suggestion.ts";
import { printAddress } from "./address.ts";
import { Refusal, refuse } from "./refusal.ts";
import { SETTINGS, type Setting, type Settings } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line and the tests of crashes read for themselves. They are no mistake here. */
const OF_OTHERS = ["TUTTI_URL", "TUTTI_TOKEN", "TUTTI_FAILPOINT"];

export interface ReadSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

type ReadFile = (path: string) => string;

export function readSettings(environment: Environment, readFile: ReadFile = readText): ReadSettings {
  const problems: string[] = [];
  const values = Object.entries(SETTINGS).map(([key, setting]) => {
    try {
      return [key, valueOf(setting, environment, readFile)] as const;
    } catch (error) {
      problems.push(`${setting.name}: ${(error as Error).message}`);
      return [key, undefined] as const;
    }
  });
  const settings = Object.fromEntries(values) as unknown as Settings;
  problems.push(...exposed(settings));
  if (problems.length > 0) throw new InputError("settings", problems.join("\n"));
  return { settings, warnings: unknownNames(environment) };
}

function valueOf(setting: Setting<unknown>, environment: Environment, readFile: ReadFile): unknown {
  const { name, byDefault, secret } = setting;
  const [plain, file] = [environment[name], environment[`${name}_FILE`]];
  if (plain !== undefined && file !== undefined) refuse(`is set twice; keep ${name} or ${name}_FILE`);
  // Set but empty is how compose files leave a variable out. A trailing newline is what editors leave in a file.
  const text = (file === undefined ? plain : readFile(file))?.trim() || byDefault;
  try {
    return setting.read(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(secret ? error.message : `${error.message}, found "${text}"`);
  }
}

/** Plain HTTP beyond this machine would carry tokens in the open. */
function exposed({ listen, metricsListen, behindProxy }: Settings): string[] {
  if (behindProxy) return [];
  const open = { TUTTI_LISTEN: listen, TUTTI_METRICS_LISTEN: metricsListen };
  return Object.entries(open)
    .filter(([, address]) => address !== undefined && !address.loopback)
    .map(
      ([name, address]) =>
        `${name}: ${printAddress(address)} can be reached from outside, over plain HTTP; put a proxy that speaks TLS before it and set TUTTI_BEHIND_PROXY=1, or listen on 127.0.0.1`,
    );
}

function unknownNames(environment: Environment): string[] {
  const known = [...Object.values(SETTINGS).map(({ name }) => name), ...OF_OTHERS];
  const all = known.flatMap((name) => [name, `${name}_FILE`]);
  return Object.keys(environment)
    .filter((name) => name.startsWith("TUTTI_") && !all.includes(name))
    .map((name) => {
      const meant = nearest(
        name.slice("TUTTI_".length),
        all.map((each) => each.replace("TUTTI_", "")),
      );
      return `${name} is no setting of ours${meant === null ? "" : `; did you mean TUTTI_${meant}?`}`;
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Refusal(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
