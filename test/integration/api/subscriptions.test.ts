import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient as createSseClient } from "graphql-sse";
import { type Client, createClient as createWsClient } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { aFleet } from "../../support/fake-reader.ts";
import { ADMIN, type TestApi, testApi } from "../../support/test-api.ts";
import { eventually } from "../../support/eventually.ts";

const RUN_CHANGED = "subscription($f: RunFilter) { runChanged(filter: $f) { externalId state job { ref } } }";

interface Stream {
  readonly events: {
    data?: { runChanged: { externalId: string; state: string; job: { ref: string } } | null } | null;
    errors?: readonly { extensions?: { code?: string } }[];
  }[];
  readonly ended: () => boolean;
  readonly failure: () => unknown;
  stop(): void;
}

let api: TestApi;
let address: string;
const stops: (() => void)[] = [];

beforeEach(async () => {
  api = await testApi({ world: aFleet(300), settings: { trustMs: 200, stuckAfterMs: 1_000 } });
  address = await api.listen();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await api.close();
});

function follow(
  client: { subscribe: Client["subscribe"] },
  variables: Record<string, unknown> = {},
  query = RUN_CHANGED,
): Stream {
  const events: Stream["events"] = [];
  let [ended, failure] = [false, null as unknown];
  const stop = client.subscribe(
    { query, variables },
    {
      next: (event) => events.push(event as Stream["events"][number]),
      error: (error) => {
        failure = error;
      },
      complete: () => {
        ended = true;
      },
    },
  );
  stops.push(stop);
  return { events, ended: () => ended, failure: () => failure, stop };
}

function overWebSocket(connectionParams: Record<string, unknown> = { authorization: `Bearer ${ADMIN}` }): Client {
  const client = createWsClient({
    url: `${address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
  });
  stops.push(() => void client.dispose());
  return client;
}

function overSse(token = ADMIN): { subscribe: Client["subscribe"] } {
  const client = createSseClient({
    url: `${address}/graphql`,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  stops.push(() => client.dispose());
  return client as unknown as { subscribe: Client["subscribe"] };
}

async function subscribed(count = 1): Promise<void> {
  await eventually(async () => (await activeSubscriptions()) === count);
}

async function activeSubscriptions(): Promise<number> {
  return (await api.metrics.subscriptionsActive.get()).values[0]?.value ?? 0;
}

const transports = [
  { name: "WebSocket", client: () => overWebSocket() },
  { name: "SSE", client: () => overSse() },
] as const;

describe.each(transports)("runChanged over $name", ({ client }) => {
  it("tells of a changed run with its job", async () => {
    const stream = follow(client());
    await subscribed();
    api.changes.onChange({ sourceId: 1, runs: [7] });
    await eventually(() => stream.events.length > 0);
    expect(stream.events[0]?.data?.runChanged).toEqual({
      externalId: "run_7",
      state: "FAILED",
      job: { ref: "airflow-prod/job_7" },
    });
  });

  it("tells only what its filter lets through", async () => {
    const stream = follow(client(), { f: { state: ["SUCCEEDED"] } });
    await subscribed();
    api.changes.onChange({ sourceId: 1, runs: [7, 8] });
    await eventually(() => stream.events.length > 0);
    expect(stream.events.map((event) => event.data?.runChanged?.externalId)).toEqual(["run_8"]);
  });

  it("tells once of changes close together", async () => {
    const stream = follow(client());
    await subscribed();
    for (let times = 0; times < 50; times += 1) api.changes.onChange({ sourceId: 1, runs: [7] });
    api.changes.onChange({ sourceId: 1, runs: [8] });
    await eventually(() => stream.events.length >= 2);
    expect(stream.events.map((event) => event.data?.runChanged?.externalId)).toEqual(["run_7", "run_8"]);
    expect(api.reader.world.asked.filter((name) => name === "runsByIds")).toHaveLength(1);
  });

  it("says so when something was missed, and goes on", async () => {
    const stream = follow(client());
    await subscribed();
    api.changes.onGap();
    await eventually(() => stream.events.length > 0);
    expect(stream.events[0]?.errors?.[0]?.extensions?.code).toBe("UNCERTAIN");
    api.changes.onChange({ sourceId: 1, runs: [7] });
    await eventually(() => stream.events.length > 1);
    expect(stream.events[1]?.data?.runChanged?.externalId).toBe("run_7");
  });

  it("tells of changes too many to name, to whom they concern", async () => {
    const [concerned, other] = [follow(client()), follow(client(), { f: { source: ["jenkins-core"] } })];
    await subscribed(2);
    api.changes.onChange({ sourceId: 1, runs: "many" });
    await eventually(() => concerned.events.length > 0);
    expect(concerned.events[0]?.errors?.[0]?.extensions?.code).toBe("UNCERTAIN");
    expect(other.events).toEqual([]);
  });

  it("reads a batch once for all its subscribers", async () => {
    const streams = Array.from({ length: 10 }, () => follow(client()));
    await subscribed(10);
    api.changes.onChange({ sourceId: 1, runs: [1, 2, 3] });
    await eventually(() => streams.every(({ events }) => events.length === 3));
    expect(api.reader.world.asked).toEqual(["runsByIds", "jobsByIds", "sourcesByIds"]);
  });

  it("ends when its reader leaves", async () => {
    const stream = follow(client());
    await subscribed();
    stream.stop();
    await eventually(async () => (await activeSubscriptions()) === 0);
  });

  it("is closed soon after its token is revoked", async () => {
    const stream = follow(client());
    await subscribed();
    api.holders.delete(ADMIN);
    await eventually(() => stream.failure() !== null || stream.ended());
    await eventually(async () => (await activeSubscriptions()) === 0);
  });

  it("refuses what is too expensive before it begins", async () => {
    const query =
      "subscription { runChanged { job { runs(first: 500) { edges { node { job { runs(first: 500) { edges { node { id } } } } } } } } } }";
    const stream = follow(client(), {}, query);
    await eventually(() => stream.failure() !== null || stream.events.length > 0);
    expect(JSON.stringify(stream.failure() ?? stream.events)).toContain("TOO_EXPENSIVE");
    expect(await activeSubscriptions()).toBe(0);
  });
});

describe("a WebSocket", () => {
  it("answers queries too, within the same limits", async () => {
    const stream = follow(overWebSocket(), {}, "{ runs(first: 1) { edges { node { externalId } } } }");
    await eventually(() => stream.ended());
    expect(stream.events).toEqual([{ data: { runs: { edges: [{ node: { externalId: "run_300" } }] } } }]);
  });

  it("takes a bare token in place of a header", async () => {
    const stream = follow(overWebSocket({ token: ADMIN }), {}, "{ whoami { name } }");
    await eventually(() => stream.ended());
    expect(stream.events).toEqual([{ data: { whoami: { name: "ada" } } }]);
  });

  it("is closed to strangers", async () => {
    const stream = follow(overWebSocket({}));
    await eventually(() => stream.failure() !== null);
    expect(stream.failure()).toMatchObject({ code: 4403 });
  });

  it.each([
    { why: "another site's page", headers: { origin: "https://evil.test", cookie: "tutti_session=x" }, status: 403 },
    { why: "another name", headers: { host: "evil.test" }, status: 421 },
  ])("refuses $why at the door", async ({ headers, status }) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws", { headers });
    const [, reply] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(reply.statusCode).toBe(status);
    socket.on("error", () => undefined).terminate();
  });

  it("refuses a frame that no question needs", async () => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    await once(socket, "open");
    socket.send("x".repeat(100_000));
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1009);
  });
});

const WITH_PARAMETERS = "subscription { runChanged { externalId parameters } }";

describe.each([
  { name: "WebSocket", open: openWebSocket },
  { name: "SSE", open: openEventStream },
])("a reader of $name that takes nothing", ({ name, open }) => {
  it("costs less than 2 MB of 200 and is let go", async () => {
    await api.close();
    let aheadMs = 0;
    const clock = { now: () => new Date(), monotonicMs: () => performance.now() + aheadMs };
    api = await testApi({ world: aFleet(300), settings: { stuckAfterMs: 120_000 }, deps: { clock } });
    address = await api.listen();
    const reads = publishBlobs();

    // What it costs to publish at all, to a reader that keeps up.
    const healthy = await open();
    const usual = await publish(reads);
    healthy.destroy();
    await eventually(async () => (await activeSubscriptions()) === 0);

    const stuck = await open();
    stuck.pause();
    const highest = await publish(reads);
    const full = memory();
    aheadMs = 120_001;
    await eventually(async () => (await api.metrics.subscriptionsDropped.get()).values[0]?.value === 1);
    await eventually(async () => (await activeSubscriptions()) === 0);

    const held = full.heap - memory().heap;
    const growth = highest.rss - usual.rss;
    console.log(`${name}: of 204 MB a stuck reader held ${megabytes(held)}; the process grew by ${megabytes(growth)}`);
    expect(held).toBeLessThan(2_000_000);
    expect(growth).toBeLessThan(20_000_000);
  });
});

/** Every reading answers with fresh parameters of 20 KB a run, as a database would. */
function publishBlobs(): () => number {
  let reads = 0;
  const { runs } = api.reader.world;
  api.reader.runsByIds = (keys) => {
    reads += 1;
    const wanted = new Set(keys.map(({ id }) => id));
    const found = runs.filter(({ id }) => wanted.has(id));
    return Promise.resolve(found.map((run) => ({ ...run, parameters: randomBytes(10_000).toString("hex") })));
  };
  return () => reads;
}

/** 34 rounds of 300 runs of 20 KB: 204 MB for whoever reads them all. Answers with the most that was held meanwhile. */
async function publish(reads: () => number): Promise<{ heap: number; rss: number }> {
  const highest = { heap: 0, rss: 0 };
  const all = api.reader.world.runs.map(({ id }) => id);
  for (let round = 0; round < 34; round += 1) {
    const before = reads();
    api.changes.onChange({ sourceId: 1, runs: all });
    await eventually(() => reads() > before);
    const now = memory();
    highest.heap = Math.max(highest.heap, now.heap);
    highest.rss = Math.max(highest.rss, now.rss);
  }
  return highest;
}

function memory(): { heap: number; rss: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

const collectGarbage = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

/** A subscriber whose socket is in our hands. It takes what comes until somebody pauses it. */
interface Handle {
  pause(): void;
  destroy(): void;
}

async function openWebSocket(): Promise<Handle> {
  const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "connection_init", payload: { token: ADMIN } }));
  await once(socket, "message");
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: WITH_PARAMETERS } }));
  await subscribed();
  stops.push(() => socket.terminate());
  return { pause: () => socket.pause(), destroy: () => socket.terminate() };
}

async function openEventStream(): Promise<Handle> {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  const body = JSON.stringify({ query: WITH_PARAMETERS });
  const headers = [
    "host: 127.0.0.1",
    `authorization: Bearer ${ADMIN}`,
    "accept: text/event-stream",
    "content-type: application/json",
  ];
  socket.write(`POST /graphql HTTP/1.1\r\n${headers.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  socket.on("data", () => undefined);
  await subscribed();
  stops.push(() => socket.destroy());
  return socket;
}
