/** The adapter of the Toy, a scheduler that exists for this example alone. */
import type { Adapter, Host, Remote } from "../../../src/adapter/contract.ts";
import { onFault } from "../../../src/adapter/remote-error.ts";
import { readBody, readRows } from "../../../src/adapter/rows.ts";
import { type Chunk, createClient } from "./client.ts";
import { config, type ToyConfig } from "./config.ts";
import { edge, execution, list, question, task } from "./rows.ts";
import { toGate, toJob, toLinks, toRun } from "./translate.ts";

export const toy: Adapter<ToyConfig> = {
  kind: "toy",
  title: "Toy",
  config,
  handOff: "keyed",
  visibleWithinMs: 0,
  address: ({ url }) => url,
  connect: ({ url, token }, host) => openRemote(url, token, host),
};

function openRemote(url: string, token: string, host: Host): Remote {
  const authorize = { headers: async () => ({ authorization: `Bearer ${await host.secret(token)}` }) };
  const api = createClient(host.http({ baseUrl: url, authorize }));

  const jobPage = ({ rows, readAt }: Chunk) =>
    readRows(rows, readAt, { kind: "job", schema: task, idField: "name", translate: (row) => toJob(row, url) });
  const runPage = ({ rows, readAt }: Chunk) =>
    readRows(rows, readAt, { kind: "run", schema: execution, idField: "id", translate: (row) => toRun(row, url) });

  const gatePage = ({ rows, readAt }: Chunk) =>
    readRows(rows, readAt, {
      kind: "gate",
      schema: question,
      idField: "execution",
      translate: (row) => toGate(row, url),
    });
  const linkPage = ({ rows, readAt }: Chunk) => {
    const page = readRows(rows, readAt, { kind: "link", schema: edge, idField: "to", translate: toLinks });
    return { ...page, items: page.items.flat() };
  };

  return {
    async probe(signal) {
      const askedAt = host.now();
      const { version, allowed, readAt } = await api.about(signal);
      const missingRights = ["read", "start"].filter((right) => !allowed.includes(right));
      return { version, missingRights, troubles: [], clockSkewMs: readAt.getTime() - askedAt.getTime() };
    },

    jobs: (signal) => mapPages(api.tasks(signal), jobPage),
    runs: (since, signal) => mapPages(api.changed(since, signal), runPage),
    history: ({ from, to }, signal) => mapPages(api.between(from, to, signal), runPage),
    open: (signal) => mapPages(api.unfinished(signal), runPage),

    async observe(runs, signal) {
      const reply = await api.executions(
        runs.map(({ runId }) => runId),
        signal,
      );
      return runPage({ rows: readBody(list, reply, "a list").rows, readAt: reply.readAt });
    },

    gates: (signal) => mapPages(api.questions(signal), gatePage),
    links: (signal) => mapPages(api.edges(signal), linkPage),

    async start({ jobId, parameters, key, note }, signal) {
      // The Toy answers 409 to a key it has seen, which is what makes a repeat safe.
      const reply = await api
        .start(jobId, { key, note, arguments: parameters }, signal)
        .catch(onFault("conflict", () => api.byKey(jobId, key, signal)));
      return { run: toRun(readBody(execution, reply, "an execution"), url), merged: false, warning: null };
    },

    async find({ jobId, key }, signal) {
      const reply = await api.byKey(jobId, key, signal).catch(onFault("missing", () => null));
      return reply && { run: toRun(readBody(execution, reply, "an execution"), url), by: "key" };
    },

    async cancel({ runId }, _reason, signal) {
      await api.stop(runId, signal);
    },
    async retry({ run: { runId }, key }, signal) {
      const reply = await api.again(runId, key, signal);
      return { run: toRun(readBody(execution, reply, "an execution"), url), merged: false, warning: null };
    },
    async pause(jobId, signal) {
      await api.enable(jobId, false, signal);
    },
    async resume(jobId, signal) {
      await api.enable(jobId, true, signal);
    },

    async log({ runId }, { tail }, signal) {
      const { body } = await api.log(runId, signal);
      const text = String(body);
      return { text: text.slice(-tail), cut: text.length > tail, missing: null };
    },

    async close() {
      api.close();
    },
  };
}

async function* mapPages<Page>(chunks: AsyncIterable<Chunk>, read: (chunk: Chunk) => Page): AsyncGenerator<Page> {
  for await (const chunk of chunks) yield read(chunk);
}
