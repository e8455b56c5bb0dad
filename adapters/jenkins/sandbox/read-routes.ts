/** What can be read: everything that is exported, the log, the file of a job, and the pages of the stage plugin. */
import { type Answer, json, notFound, page, Refusal, text } from "./answer.ts";
import { configXml } from "./config-xml.ts";
import type { BuildState, JobState } from "./state.ts";
import type { Ask, Server } from "./server.ts";
import { cut, parseTree, type TreeNode, TreeSyntaxError, whole } from "./tree.ts";

export function exported(server: Server, { query }: Ask, bean: unknown): Answer {
  const tree = query.get("tree");
  return json(tree === null || tree === "" ? whole(bean) : cut(bean, parsed(server, tree)));
}

function parsed(server: Server, tree: string): readonly TreeNode[] {
  try {
    return parseTree(tree);
  } catch (error) {
    if (!(error instanceof TreeSyntaxError)) throw error;
    throw new Refusal(page(server.atLeast(2, 200) ? 400 : 500, "Oops!", error.message));
  }
}

export function readJobPage(server: Server, ask: Ask, job: JobState, rest: readonly string[]): Answer {
  const path = rest.join("/");
  if (path === "api/json") return exported(server, ask, server.exporter.job(job));
  if (path === "config.xml") {
    server.need("Job/ExtendedRead");
    return { ...text(configXml(job)), headers: { "content-type": "application/xml" } };
  }
  throw notFound();
}

export function readBuildPage(
  server: Server,
  ask: Ask,
  job: JobState,
  build: BuildState,
  rest: readonly string[],
): Answer {
  const path = rest.join("/");
  if (path === "api/json") return exported(server, ask, server.exporter.build(job, build));
  if (path === "logText/progressiveText") return progressiveText(build, Number(ask.query.get("start") ?? 0));
  if (path === "consoleText") return text(withoutNotes(rawLog(build)));
  if (rest[0] === "artifact") return readArtifact(build, rest.slice(1).join("/"));
  if (rest[0] === "wfapi" && job.kind === "pipeline" && server.quirks.wfapi)
    return readStages(server, job, build, path);
  throw notFound();
}

function readArtifact(build: BuildState, path: string): Answer {
  const content = build.artifacts.get(path);
  if (content === undefined) throw notFound();
  return { ...text(content), headers: { "content-type": path.endsWith(".json") ? "application/json" : "text/plain" } };
}

/** Each line of the file begins with a note that no reader sees, and every offset counts it. */
const NOTE = "\u001b[8mha:////4AAAAFoo==\u001b[0m";

function rawLog({ log }: BuildState): Buffer {
  return Buffer.from(log.replaceAll(/^(?=.)/gm, NOTE), "utf8");
}

function withoutNotes(raw: Buffer): string {
  return raw.toString("utf8").replaceAll(NOTE, "");
}

function progressiveText(build: BuildState, asked: number): Answer {
  const raw = rawLog(build);
  // While it is written, up to the last whole line.
  const end = build.building ? raw.lastIndexOf(0x0a) + 1 : raw.length;
  // A log that is shorter than what was read of it began anew.
  const start = asked > end ? 0 : asked;
  return text(withoutNotes(raw.subarray(start, end)), {
    "x-text-size": String(end),
    ...(build.building ? { "x-more-data": "true" } : {}),
  });
}

function readStages({ exporter, prefix }: Server, job: JobState, build: BuildState, path: string): Answer {
  const self = `${prefix}${new URL(String(exporter.build(job, build).fields["url"]?.())).pathname}`;
  if (path === "wfapi/pendingInputActions")
    return json(
      build.inputs.map(({ id, message }) => ({
        id,
        message,
        proceedUrl: `${self}input/${id}/proceedEmpty`,
        abortUrl: `${self}input/${id}/abort`,
      })),
    );
  if (path !== "wfapi/describe") throw notFound();
  const stages = build.stages.map(({ id, name, status, startedAt, durationMs }) => ({
    _links: { self: { href: `${self}execution/node/${id}/wfapi/describe` } },
    id,
    name,
    status: build.inputs.length > 0 && status === "IN_PROGRESS" ? "PAUSED_PENDING_INPUT" : status,
    startTimeMillis: startedAt,
    durationMillis: durationMs,
    pauseDurationMillis: 0,
  }));
  return json({
    _links: { self: { href: `${self}wfapi/describe` } },
    id: String(build.number),
    name: `#${build.number}`,
    status:
      build.inputs.length > 0
        ? "PAUSED_PENDING_INPUT"
        : build.building
          ? "IN_PROGRESS"
          : (WORDS[build.result ?? ""] ?? build.result),
    startTimeMillis: build.timestamp,
    endTimeMillis: build.endedAt ?? 0,
    durationMillis: (build.endedAt ?? build.timestamp) - build.timestamp,
    stages,
  });
}

const WORDS: Readonly<Record<string, string>> = { SUCCESS: "SUCCESS", FAILURE: "FAILED", NOT_BUILT: "NOT_EXECUTED" };
