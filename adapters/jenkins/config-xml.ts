/**
 * The triggers in a job's `config.xml`, and nothing else of it: it holds secrets, in all the shapes that plugins invent.
 *
 * Read by hand rather than with an XML parser: Jenkins writes XML 1.1, which many refuse, and a document that anybody
 * with the right to configure a job can write must have no entities, no DTD and no way out.
 */

export interface Triggers {
  /** The text of a TimerTrigger, as it was written. */
  readonly timer: string | null;
  /** A schedule that a plugin computes by rules of its own. */
  readonly foreignTimer: string | null;
  /** Full names, as far as they are written, of the jobs after which this one is built. */
  readonly upstream: readonly string[];
}

export const NO_TRIGGERS: Triggers = { timer: null, foreignTimer: null, upstream: [] };

const TIMER = "hudson.triggers.TimerTrigger/spec";
const FOREIGN_TIMERS = [
  "org.jenkinsci.plugins.parameterizedscheduler.ParameterizedTimerTrigger/parameterizedSpecification",
];
const UPSTREAM = "jenkins.triggers.ReverseBuildTrigger/upstreamProjects";

/** Null where it is no XML that Jenkins would write. */
export function readTriggers(xml: string): Triggers | null {
  const texts = textsOf(xml, new Set([TIMER, ...FOREIGN_TIMERS, UPSTREAM]));
  if (texts === null) return null;
  const first = (path: string) => texts.get(path)?.[0]?.trim() || null;
  return {
    timer: first(TIMER),
    foreignTimer: FOREIGN_TIMERS.map(first).find((text) => text !== null) ?? null,
    upstream: (texts.get(UPSTREAM) ?? []).flatMap((list) => list.split(",")).flatMap((name) => name.trim() || []),
  };
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!([A-Z]+)|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/gy;
const DEEPEST = 200;

/** The texts at these paths, each told by its last two elements. */
function textsOf(xml: string, wanted: ReadonlySet<string>): Map<string, string[]> | null {
  const found = new Map<string, string[]>();
  const stack: string[] = [];
  const text: string[] = [];
  let at = 0;
  for (const token of xml.matchAll(TOKEN)) {
    if (token.index !== at) return null;
    at += token[0].length;
    const [, cdata, declaration, closes, opens, , empty, plain] = token;
    if (declaration !== undefined || stack.length > DEEPEST) return null;
    const path = stack.slice(-2).join("/");
    if (cdata !== undefined || plain !== undefined) text.push(cdata ?? decoded(plain ?? ""));
    if (opens !== undefined && empty === "") stack.push(opens);
    if (opens !== undefined) text.length = 0;
    if (closes === undefined) continue;
    if (stack.pop() !== closes) return null;
    if (wanted.has(path)) found.set(path, [...(found.get(path) ?? []), text.join("")]);
    text.length = 0;
  }
  return stack.length === 0 && at === xml.length ? found : null;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** The five that XML has by itself, and characters by their numbers. Whatever else stands there stays as it is. */
function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
