import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Home, newHome, type Up } from "./process.ts";

let home: Home;
let up: Up;
let address = "";

beforeAll(async () => {
  home = await newHome();
  up = await home.up({ TUTTI_DEMO: "1" });
  address = home.environment.TUTTI_LISTEN ?? "";
});
afterAll(() => home.remove());

describe("GraphQL of the whole house", () => {
  it("tells of a run of the demo as it happens", async () => {
    const token = readFileSync(join(home.environment.TUTTI_DATA ?? "", "admin.token"), "utf8").trim();
    const url = `ws://${address}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { token }, retryAttempts: 0 });
    const events = client.iterate<{ runChanged: { job: { ref: string } } | null }>({
      query: "subscription { runChanged { state job { ref } } }",
    });
    for await (const { data } of events) {
      // An import too large to name its runs is told as such; the next run that moves comes by name.
      if (!data?.runChanged) continue;
      expect(data.runChanged.job.ref).toMatch(/^[a-z0-9-]+\/./);
      break;
    }
    await client.dispose();
  });

  it("lets a person in by the printed link, once", async () => {
    const link = /http:\/\/\S+\/sign-in\/\S+/.exec(up.out)?.[0] ?? "";
    const first = await fetch(link, { redirect: "manual" });
    expect(first.status).toBe(303);
    const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const page = await fetch(`http://${address}/graphiql`, { headers: { cookie } });
    // 503 says that the page is not built yet, which a test does not wait for.
    expect([200, 503]).toContain(page.status);
    const asked = await fetch(`http://${address}/graphql?query={whoami{role}}`, { headers: { cookie } });
    expect(await asked.json()).toEqual({ data: { whoami: { role: "ADMIN" } } });
    expect((await fetch(link, { redirect: "manual" })).status).toBe(401);
  });
});
