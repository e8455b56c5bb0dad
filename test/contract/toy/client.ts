/** The Toy's API as far as we use it: paths, pages and bodies, checked where they enter. */
import { readBody } from "../../../src/adapter/rows.ts";
import type { Http, HttpReply, HttpRequest } from "../../../src/adapter/http/http.ts";
import { about, list } from "./rows.ts";

/** One page of rows nobody has looked at yet. */
export interface Chunk {
  readonly rows: readonly unknown[];
  readonly readAt: Date;
}

export type ToyClient = ReturnType<typeof createClient>;

export function createClient(http: Http) {
  /** Follows `next` to the end. Whatever goes wrong on the way is thrown: half a list is no list. */
  async function* pages(path: string, request: HttpRequest): AsyncGenerator<Chunk> {
    let cursor: string | null = null;
    do {
      const reply: HttpReply = await http.get(path, { ...request, query: { ...request.query, cursor } });
      const page = readBody(list, reply, "a list");
      yield { rows: page.rows, readAt: reply.readAt };
      cursor = page.next;
    } while (cursor !== null);
  }

  const task = (name: string) => `/api/tasks/${encodeURIComponent(name)}`;
  const execution = (id: string) => `/api/executions/${encodeURIComponent(id)}`;

  return {
    about: async (signal: AbortSignal) => {
      const reply = await http.get("/api/about", { signal });
      return { ...readBody(about, reply, "what it is"), readAt: reply.readAt };
    },
    tasks: (signal: AbortSignal) => pages("/api/tasks", { signal }),
    changed: (since: Date, signal: AbortSignal) =>
      pages("/api/executions", { signal, query: { changed_since: since.toISOString() } }),
    between: (from: Date, to: Date, signal: AbortSignal) =>
      pages("/api/executions", { signal, query: { from: from.toISOString(), to: to.toISOString() } }),
    unfinished: (signal: AbortSignal) => pages("/api/executions", { signal, query: { unfinished: true } }),
    questions: (signal: AbortSignal) => pages("/api/questions", { signal }),
    edges: (signal: AbortSignal) => pages("/api/edges", { signal }),

    // A question in the clothes of a POST, for ids do not fit into a URL: safe to ask again.
    executions: (ids: readonly string[], signal: AbortSignal) =>
      http.post("/api/executions/search", { ids }, { signal, repeat: true }),
    byKey: (name: string, key: string, signal: AbortSignal) =>
      http.get(`${task(name)}/by-key/${encodeURIComponent(key)}`, { signal }),

    start: (name: string, body: object, signal: AbortSignal) => http.post(`${task(name)}/start`, body, { signal }),
    stop: (id: string, signal: AbortSignal) => http.post(`${execution(id)}/stop`, null, { signal }),
    again: (id: string, key: string, signal: AbortSignal) => http.post(`${execution(id)}/again`, { key }, { signal }),
    enable: (name: string, enabled: boolean, signal: AbortSignal) => http.patch(task(name), { enabled }, { signal }),
    log: (id: string, signal: AbortSignal) => http.get(`${execution(id)}/log`, { signal, as: "text" }),
    close: () => http.close(),
  };
}
