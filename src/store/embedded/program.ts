/** One of PostgreSQL's programs as a child: what it says goes to the log, and its last words are kept. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Logger } from "../../telemetry/log.ts";
import type { Owner } from "./owner.ts";

export interface Program {
  readonly ended: Promise<number | null>;
  lastWords(): string;
  tell(signal: NodeJS.Signals): void;
}

export interface ProgramOptions {
  readonly owner: Owner | null;
  readonly log: Logger;
  readonly cwd: string;
  readonly onLine?: (line: string) => void;
}

const KEPT_LINES = 30;

export function runProgram(path: string, args: readonly string[], options: ProgramOptions): Program {
  const { owner, log, cwd, onLine } = options;
  const child = spawn(path, args, {
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing of ours: a PGDATA or an LC_MESSAGES in the environment must not lead it astray.
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    cwd,
    // A group of its own, so that Ctrl-C reaches us alone and we stop it last.
    detached: true,
    ...(owner && { uid: owner.uid, gid: owner.gid }),
  });
  const kept: string[] = [];
  const hear = (line: string) => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    log[levelOf(line)]({ postgres: line }, "embedded PostgreSQL says");
    onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) readLines(stream, hear);
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => resolve(code));
    // It could not even be executed: no close follows.
    child.on("error", (error) => {
      hear(`FATAL:  ${error.message}`);
      resolve(null);
    });
  });
  return { ended, lastWords: () => kept.join("\n"), tell: (signal) => child.kill(signal) };
}

function readLines(stream: Readable, hear: (line: string) => void): void {
  createInterface({ input: stream }).on("line", hear);
}

/** An ERROR belongs to a statement, and whoever sent that reports it. */
function levelOf(line: string): "error" | "warn" | "debug" {
  if (/^(FATAL|PANIC):/.test(line)) return "error";
  return line.startsWith("WARNING:") ? "warn" : "debug";
}
