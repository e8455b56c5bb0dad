/** Asks a cluster how it is, what we may do there, and what time it has. */
import type { Probe } from "../../src/adapter/contract.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { type Scope, scopesOf } from "./client.ts";
import { printRight, type Right, RIGHTS } from "./rights.ts";
import { reviewBody, versionBody } from "./rows.ts";
import type { Talk } from "./session.ts";

/** Spared from the rest: a server of many namespaces is asked in turn. */
const AT_ONCE = 6;

export async function probe(talk: Talk, now: () => Date): Promise<Probe> {
  const { http, signal } = talk;
  const reply = await http.get("/version", { signal });
  const answeredAt = now();
  const { gitVersion } = readBody(versionBody, reply, "a version");
  return {
    version: gitVersion.replace(/^v/, ""),
    missingRights: await missingRights(talk),
    troubles: await troubles(talk),
    clockSkewMs: reply.headers["date"] === undefined ? null : skewOf(reply.readAt, answeredAt),
  };
}

async function missingRights(talk: Talk): Promise<string[]> {
  const questions = scopesOf(talk).flatMap((scope) => RIGHTS.map((right) => ({ scope, right })));
  const missing: string[] = [];
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    const answers = await Promise.all(questions.slice(at, at + AT_ONCE).map((question) => lacks(talk, question)));
    missing.push(...answers.filter((answer) => answer !== null));
  }
  return missing;
}

interface RightQuestion {
  readonly scope: Scope;
  readonly right: Right;
}

/** Everybody who is let in may ask this of themselves. */
async function lacks({ http, signal }: Talk, { scope, right }: RightQuestion): Promise<string | null> {
  const { group, resource, verb } = right;
  const [plural, subresource] = resource.split("/");
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: {
      resourceAttributes: {
        verb,
        group,
        resource: plural,
        ...(subresource ? { subresource } : {}),
        ...(scope === null ? {} : { namespace: scope }),
      },
    },
  };
  // A question in the clothes of a POST: safe to ask again.
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const reply = await http.post(path, review, { signal, repeat: true });
  const { status } = readBody(reviewBody, reply, "a review of our rights");
  return status.allowed ? null : `${printRight(right)}${scope === null ? "" : ` in ${scope}`}`;
}

/** The server's own account of itself: `[-]etcd failed: reason withheld`. Not everybody may read it. */
async function troubles({ http, signal }: Talk): Promise<string[]> {
  const accept = [401, 403, 404, 500, 503];
  const { status, body } = await http.get("/readyz", { signal, as: "text", query: { verbose: true }, accept });
  if (status !== 500 && status !== 503) return [];
  const failed = String(body).match(/^\[-\].*$/gm) ?? [];
  return failed.length > 0 ? failed.map((line) => `api server: ${line.slice(3)}`) : ["api server: not ready"];
}

/** `Date` counts whole seconds, so ours is cut to the same. */
function skewOf(theirs: Date, ours: Date): number {
  return theirs.getTime() - Math.floor(ours.getTime() / 1_000) * 1_000;
}
