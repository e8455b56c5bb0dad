/** Asks a Jenkins how it is, who we are there, and what time it has. */
import type { Probe } from "../../src/adapter/contract.ts";
import { isFault, RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { Jenkins } from "./client.ts";
import { mayHaveTriggers } from "./jobs.ts";
import { type ListedJob, listJobs } from "./listing.ts";
import { jobPath } from "./names.ts";
import { rootBody, whoAmIBody } from "./rows.ts";
import { isForbidden } from "./triggers.ts";

export async function probe(jenkins: Jenkins, signal: AbortSignal): Promise<Probe> {
  const askedAt = jenkins.now();
  const root = await jenkins.read("", "quietingDown", signal);
  const version = root.headers["x-jenkins"];
  if (version === undefined) throw noJenkins(jenkins);
  const { quietingDown } = readBody(rootBody, root, "the state of a Jenkins");
  const who = readBody(whoAmIBody, await jenkins.read("/whoAmI", "name,anonymous", signal), "who we are");
  return {
    version,
    missingRights: await findMissingRights(jenkins, signal),
    troubles: [
      ...(quietingDown ? ["quieting down: it takes every start, and begins none of them"] : []),
      ...(who.anonymous && jenkins.user !== null
        ? [`it takes "${jenkins.user}" for nobody; is the token still valid?`]
        : []),
    ],
    clockSkewMs: root.headers["date"] === undefined ? null : skewOf(root.readAt, askedAt),
  };
}

/** What can be seen without doing anything. Whether we may build and cancel shows only when somebody does. */
async function findMissingRights(jenkins: Jenkins, signal: AbortSignal): Promise<string[]> {
  if (!jenkins.config.schedules) return [];
  const job = await firstWithFile(jenkins, signal);
  if (!job) return [];
  const request = { signal, as: "text", headers: { accept: "application/xml" } } as const;
  const refused = await jenkins.get(`${jobPath(job.id)}/config.xml`, request).then(
    () => false,
    (error: unknown) => {
      if (isForbidden(error)) return true;
      // A job that went away in this moment, or a file too large to be read, tell nothing of our rights.
      if (isFault(error, "missing", "malformed")) return false;
      throw error;
    },
  );
  return refused ? ["Job/ExtendedRead (or Job/Configure), to read schedules"] : [];
}

async function firstWithFile(jenkins: Jenkins, signal: AbortSignal): Promise<ListedJob | null> {
  const question = { fields: "nextBuildNumber,property[_class]", perPage: FEW };
  for await (const { jobs } of listJobs(jenkins, question, signal)) return jobs.find(mayHaveTriggers) ?? null;
  return null;
}

const FEW = 20;

function noJenkins({ root }: Jenkins): RemoteError {
  return new RemoteError(
    `what answers at ${root} does not say that it is a Jenkins; is it the url of Jenkins itself, with its prefix?`,
    {
      fault: "malformed",
      passing: false,
    },
  );
}

/** `Date` counts whole seconds, so ours is cut to the same. */
function skewOf(theirs: Date, ours: Date): number {
  return theirs.getTime() - Math.floor(ours.getTime() / 1_000) * 1_000;
}
