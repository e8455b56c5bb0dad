/**
 * Which fields of a page a question is answered from, so that the database writes out those and no others: all fifty
 * columns of a run, its job and its source cost it more than finding them.
 */
import type { GraphQLResolveInfo } from "graphql";
import type { JobView, RunView, SourceView } from "../../model/view.ts";
import type { Wanted } from "../../store/read/fields.ts";
import { namesBelow, selects } from "./look-ahead.ts";

/** A field that is not answered by the one of its own name: by these, or by any of them all. */
type MadeOf<View> = Readonly<Record<string, readonly (keyof View)[] | "all">>;

const RUN: MadeOf<RunView> = {
  id: [],
  job: [],
  gates: [],
  cause: ["causeKind", "causeBy", "causeKey"],
  error: ["errorKind", "errorMessage"],
  durationMs: ["startedAt", "endedAt"],
  // Asked of the tool, by the run's name there.
  log: ["externalId"],
  outputs: ["externalId"],
  parts: ["externalId"],
  actions: [],
  // The last of a run's attempts is the run itself.
  attempts: "all",
};

const JOB: MadeOf<JobView> = {
  id: [],
  source: [],
  labels: [],
  state: [],
  upstream: [],
  downstream: [],
  ref: ["externalId"],
  // These hand the job on to where more may be asked of it.
  lastRun: "all",
  runs: "all",
};

/** What a job's fields need of its source. */
const SOURCE_OF_JOB: MadeOf<SourceView> = {
  ref: ["name"],
  labels: ["labels"],
  capabilities: ["capabilities"],
  runs: "all",
};

const SOURCE: MadeOf<SourceView> = {
  id: [],
  jobCount: ["jobs"],
  jobs: "all",
};

/** Of the runs at this path. */
export function wantedOfRuns(info: GraphQLResolveInfo, path: string): Wanted {
  const job = below(path, "job");
  return remembered(info, path, () => ({ ...fields("run", namesBelow(info, path), RUN), ...jobAndSource(info, job) }));
}

/** Of the jobs at this path. */
export function wantedOfJobs(info: GraphQLResolveInfo, path: string): Wanted {
  return remembered(info, path, () => jobAndSource(info, path));
}

/** Of the sources at this path; undefined where the question has none there. */
export function wantedOfSources(info: GraphQLResolveInfo, path: string): Wanted | undefined {
  return selects(info, path)
    ? remembered(info, path, () => fields("source", namesBelow(info, path), SOURCE))
    : undefined;
}

function jobAndSource(info: GraphQLResolveInfo, path: string): Wanted {
  const ofJob = namesBelow(info, path);
  const ofSource = namesBelow(info, below(path, "source"));
  const forJob = ofJob.filter((name) => name in SOURCE_OF_JOB);
  const own = resolve(ofSource, SOURCE);
  const lent = resolve(forJob, SOURCE_OF_JOB);
  return { ...fields("job", ofJob, JOB), ...(own && lent && { source: [...own, ...lent] }) };
}

function fields<View>(part: keyof Wanted, names: readonly string[], madeOf: MadeOf<View>): Wanted {
  const all = resolve(names, madeOf);
  return all ? { [part]: all } : {};
}

/** Null when all of them are wanted. */
function resolve<View>(names: readonly string[], madeOf: MadeOf<View>): (keyof View)[] | null {
  const made = names.map((name) => madeOf[name] ?? [name as keyof View]);
  return made.includes("all") ? null : (made.flat() as (keyof View)[]);
}

function below(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

const known = new WeakMap<object, Map<string, Wanted>>();

/** The same question wants the same: one object, by which the store knows the statement again. */
function remembered(info: GraphQLResolveInfo, path: string, read: () => Wanted): Wanted {
  const [node] = info.fieldNodes;
  if (!node) return {};
  const ofNode = known.get(node) ?? new Map<string, Wanted>();
  known.set(node, ofNode);
  const wanted = ofNode.get(path) ?? read();
  ofNode.set(path, wanted);
  return wanted;
}
