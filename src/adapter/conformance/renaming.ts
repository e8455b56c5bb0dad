/**
 * The suite calls jobs `job_000`. Where a tool forbids such a name, or puts a folder before each, its jobs go by names of
 * their own: this translates both ways, so that no question has to know.
 */
import type { ForeignRunRef } from "../../model/foreign.ts";
import type { Page, Remote } from "../contract.ts";
import type { World } from "./stage.ts";

export interface Naming {
  readonly theirs: (id: string) => string;
  readonly ours: (id: string) => string;
}

export function namesBy(name: ((id: string) => string) | undefined): Naming {
  const known = new Map<string, string>();
  return {
    theirs(id) {
      const theirs = name?.(id) ?? id;
      known.set(theirs, id);
      return theirs;
    },
    ours: (id) => known.get(id) ?? id,
  };
}

export function renamedWorld(world: World, { theirs }: Naming): World {
  return {
    addJob: (job) => world.addJob({ ...job, id: theirs(job.id) }),
    removeJob: (id) => world.removeJob(theirs(id)),
    addRun: (run) => world.addRun({ ...run, jobId: theirs(run.jobId) }),
    setRun: (jobId, runId, change) => world.setRun(theirs(jobId), runId, change),
    removeRun: (jobId, runId) => world.removeRun(theirs(jobId), runId),
    startedWithKey: (key) => world.startedWithKey(key),
    get requests() {
      return world.requests;
    },
  };
}

/** A proxy, so that a method which is not there stays away. */
export function renamedRemote(remote: Remote, naming: Naming): Remote {
  return new Proxy(remote, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) =>
        answered(
          value.apply(
            target,
            args.map((arg) => asked(arg, naming)),
          ),
          naming,
        );
    },
  });
}

function asked(arg: unknown, naming: Naming): unknown {
  if (typeof arg === "string") return naming.theirs(arg);
  if (Array.isArray(arg)) return arg.map((item) => asked(item, naming));
  if (!isPlain(arg)) return arg;
  const { jobId, run } = arg as { readonly jobId?: string; readonly run?: ForeignRunRef };
  return {
    ...arg,
    ...(jobId === undefined ? {} : { jobId: naming.theirs(jobId) }),
    ...(run === undefined ? {} : { run: asked(run, naming) }),
  };
}

function answered(answer: unknown, naming: Naming): unknown {
  if (answer instanceof Promise) return answer.then((value: unknown) => told(value, naming));
  return isPages(answer) ? toldPages(answer, naming) : answer;
}

async function* toldPages(pages: AsyncIterable<unknown>, naming: Naming): AsyncGenerator {
  for await (const page of pages) yield told(page, naming);
}

function told(value: unknown, naming: Naming): unknown {
  if (!isPlain(value)) return value;
  const { items, run, jobId, id } = value as Partial<Page<unknown>> & Readonly<Record<"run" | "jobId" | "id", unknown>>;
  return {
    ...value,
    ...(Array.isArray(items) ? { items: items.map((item) => told(item, naming)) } : {}),
    ...(isPlain(run) ? { run: told(run, naming) } : {}),
    ...(typeof jobId === "string" ? { jobId: naming.ours(jobId) } : {}),
    ...(typeof id === "string" ? { id: naming.ours(id) } : {}),
  };
}

function isPages(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
