/** The API as far as we use it: paths, lists in chunks, single objects, and how it says no. */
import { z } from "zod";
import type { HttpReply, QueryValue } from "../../src/adapter/http/http.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { listBody, statusBody } from "./rows.ts";
import type { Talk } from "./session.ts";

export type Resource = "jobs" | "cronjobs" | "pods" | "events";

const GROUPS: Readonly<Record<Resource, string>> = {
  jobs: "/apis/batch/v1",
  cronjobs: "/apis/batch/v1",
  pods: "/api/v1",
  events: "/api/v1",
};

/** Null is every namespace of the cluster. */
export type Scope = string | null;

export function pathOf(resource: Resource, scope: Scope, name?: string): string {
  const place = scope === null ? "" : `/namespaces/${encodeURIComponent(scope)}`;
  return `${GROUPS[resource]}${place}/${resource}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** One list for the whole cluster where we may see it; else one a namespace. */
export function scopesOf({ config }: Pick<Talk, "config">): readonly Scope[] {
  return config.namespaces ?? [null];
}

export interface Chunk {
  readonly rows: readonly unknown[];
  readonly readAt: Date;
  /** Of the list: the same on every chunk that belongs to it. */
  readonly resourceVersion: string | null;
}

export interface ListOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** All chunks as of one moment: what a watch begins with. Otherwise the rest may be newer than the beginning. */
  readonly consistent?: boolean;
  readonly limit?: number;
}

/** A list that expires again and again is one we are too slow for. */
const MOST_RESTARTS = 3;

/** Told that a list begins anew, so that whoever collects it can do so too. */
export class ListRestarted extends Error {}

/**
 * A list to its end, or an error. The cluster keeps the moment of a list for some minutes only: a token that has expired
 * is answered with 410 and another one, for a rest that is as of now.
 */
export async function* listChunks(
  talk: Talk,
  resource: Resource,
  scope: Scope,
  options: ListOptions = {},
): AsyncGenerator<Chunk> {
  let token: string | null = null;
  for (let restarts = 0; ; ) {
    const { http, config, signal } = talk;
    const query = { ...options.query, limit: options.limit ?? config.pageSize, continue: token };
    const reply: HttpReply = await http.get(pathOf(resource, scope), { signal, query, accept: [410] });
    if (reply.status === 410) {
      restarts += 1;
      if (restarts > MOST_RESTARTS) throw tooSlow(resource);
      if (options.consistent) throw new ListRestarted();
      // Without a new token it begins again: repeats are harmless, gaps are not.
      token = statusBody.safeParse(reply.body).data?.metadata?.continue || null;
      continue;
    }
    const { items, metadata } = readBody(listBody, reply, `a list of ${resource}`);
    yield { rows: items, readAt: reply.readAt, resourceVersion: metadata.resourceVersion ?? null };
    token = metadata.continue || null;
    if (token === null) return;
  }
}

function tooSlow(resource: Resource): RemoteError {
  return new RemoteError(`the list of ${resource} expires faster than it can be read; raise pageSize`, {
    fault: "busy",
    passing: true,
  });
}

export interface Got {
  readonly body: unknown;
  readonly readAt: Date;
}

/** Whatever stands in it, it says what it is: an empty object is somebody else's answer. */
const KINDS: Readonly<Record<Resource, string>> = { jobs: "Job", cronjobs: "CronJob", pods: "Pod", events: "Event" };

/** Not found only when the API itself says that there is no such object: a proxy's 404 says nothing about it. */
export async function getObject(
  { http, signal }: Talk,
  resource: Resource,
  scope: string,
  name: string,
): Promise<Got & { readonly found: boolean }> {
  const reply = await http.get(pathOf(resource, scope, name), { signal, accept: [404] });
  if (reply.status !== 404) {
    const kind = z.looseObject({ kind: z.literal(KINDS[resource]) });
    return { body: readBody(kind, reply, `a ${KINDS[resource]}`), readAt: reply.readAt, found: true };
  }
  const status = statusBody.safeParse(reply.body).data;
  if (status?.reason === "NotFound") return { body: null, readAt: reply.readAt, found: false };
  throw new RemoteError("what answered 404 is no Kubernetes API; is the address right?", {
    fault: "malformed",
    passing: true,
    status: 404,
  });
}

/** Statuses and reasons of what was refused, for a caller that tells them apart. */
export function reasonOf({ body }: Pick<HttpReply, "body">): string | null {
  return statusBody.safeParse(body).data?.reason ?? null;
}

export function messageOf({ body }: Pick<HttpReply, "body">): string {
  return statusBody.safeParse(body).data?.message ?? "it gave no reason";
}
