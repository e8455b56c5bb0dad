/** `tutti schedule next`: when an expression comes due, by the rules of the tool it was written for. Needs no server. */
import { DIALECTS } from "../model/schedule.ts";
import { isTimezone, SpecError } from "../model/schedule/jenkins-spec.ts";
import { jenkinsSchedule } from "../model/schedule/jenkins.ts";
import { type Command, type Input, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";

interface Question {
  readonly expression: string;
  readonly seed: string | null;
  readonly timezone: string;
  readonly after: Date;
  readonly count: number;
}

interface Answer {
  readonly accepted: boolean;
  readonly reason: string | null;
  readonly next: readonly string[];
}

type Dialect = (question: Question) => Answer;

/** Those that can be computed so far. */
const COMPUTED: Readonly<Record<string, Dialect>> = { jenkins: askJenkins };
const WRITTEN_BY_PEOPLE = DIALECTS.filter((dialect) => dialect !== "native" && dialect !== "interval");

const MOST = 1_000;

export const scheduleNext: Command = {
  name: "schedule next",
  describe: "Tell when a schedule comes due next",
  args: [{ syntax: "<expression>", describe: "as the tool writes it; several lines where the tool takes several" }],
  options: [
    { syntax: "--dialect <name>", describe: "whose rules it follows", choices: WRITTEN_BY_PEOPLE },
    { syntax: "--seed <name>", describe: "the full name of the Jenkins job, which decides where H falls" },
    { syntax: "--timezone <zone>", describe: "the zone of the scheduler", byDefault: "UTC" },
    { syntax: "--after <time>", describe: "from when on, in ISO 8601 with its zone; now unless said" },
    { syntax: "--count <count>", describe: "how many", byDefault: "5" },
    {
      syntax: "-o, --output <format>",
      describe: "the form of the answer",
      byDefault: "table",
      choices: ["table", "json"],
    },
  ],
  examples: [
    "tutti schedule next '@daily' --dialect jenkins --seed team/etl/nightly --timezone Europe/Zurich",
    "tutti schedule next 'H/15 8-17 * * 1-5' --dialect jenkins --seed hello --count 3 -o json",
  ],

  async run(input, terminal) {
    const dialect = textOption(input, "dialect");
    if (dialect === undefined) throw usage(`--dialect is needed: ${WRITTEN_BY_PEOPLE.join(", ")}`);
    const compute = COMPUTED[dialect];
    if (!compute) throw usage(`the dialect ${dialect} cannot be computed yet; ${Object.keys(COMPUTED).join(", ")} can`);
    const answer = compute(readQuestion(input, terminal.now));
    terminal.out(textOption(input, "output") === "json" ? `${JSON.stringify(answer, null, 2)}\n` : printed(answer));
    return EXIT.ok;
  },
};

function askJenkins({ expression, seed, timezone, after, count }: Question): Answer {
  if (seed === null && /[H@]/.test(withoutRemarks(expression)))
    throw usage("where H falls depends on the job: give its full name, folders included, as --seed");
  try {
    const moments = jenkinsSchedule(expression, seed ?? "", timezone).next(after, count);
    return { accepted: true, reason: null, next: moments.map((moment) => moment.toISOString()) };
  } catch (error) {
    if (error instanceof SpecError) return { accepted: false, reason: error.message, next: [] };
    throw error;
  }
}

function withoutRemarks(expression: string): string {
  return expression.replaceAll(/^\s*(?:#.*|TZ=.*)$/gm, "");
}

function printed({ accepted, reason, next }: Answer): string {
  if (!accepted) return `not accepted: ${reason}\n`;
  return next.length === 0 ? "never\n" : next.map((moment) => `${moment}\n`).join("");
}

function readQuestion(input: Input, now: Date): Question {
  const timezone = textOption(input, "timezone") ?? "UTC";
  if (!isTimezone(timezone)) throw usage(`--timezone: "${timezone}" is no time zone; write it as Europe/Zurich`);
  const count = Number(textOption(input, "count") ?? 5);
  if (!Number.isInteger(count) || count < 1 || count > MOST) throw usage(`--count: a number from 1 to ${MOST}`);
  return {
    expression: input.args[0] ?? "",
    seed: textOption(input, "seed") ?? null,
    timezone,
    after: readMoment(textOption(input, "after"), now),
    count,
  };
}

/** Without a zone it would be read in that of this machine, which is nobody's question. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

function readMoment(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const moment = new Date(text);
  if (MOMENT.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw usage(`--after: "${text}" is no time; write it as 2026-03-01T10:00:00Z`);
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
