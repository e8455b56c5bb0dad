import { GraphQLObjectType } from "graphql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROUTE_RULES } from "../../../src/api/access/route-rules.ts";
import { schema } from "../../../src/api/graphql/schema.ts";
import { ADMIN, type TestApi, testApi } from "../../support/test-api.ts";

let api: TestApi;
beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.close());

const host = "localhost:7171";

describe("every route", () => {
  it("has a rule, and every rule a route", () => {
    const routes = Object.keys(ROUTE_RULES).map((name) => name.split(" ") as [string, string]);
    for (const [method, url] of routes) expect(api.app.hasRoute({ method, url })).toBe(true);
    // As many as the router holds: one that slipped past the rules would be one more.
    const printed = api.app.printRoutes({ commonPrefix: false }).match(/\(([A-Z, ]+)\)/g) ?? [];
    const held = printed.flatMap((methods) => methods.slice(1, -1).split(", "));
    expect(held).toHaveLength(routes.length);
  });

  it("without a rule stops the start", async () => {
    const other = await testApi();
    await other.close();
    expect(() => api.app.get("/secret", () => "x")).toThrow();
  });

  it.each(Object.entries(ROUTE_RULES).filter(([, rule]) => rule !== "anyone"))(
    "is closed to strangers: %s",
    async (name) => {
      const [method, url = ""] = name.split(" ");
      const reply = await api.app.inject({ method: method as "GET", url: url.replace("*", "x.js"), headers: { host } });
      expect(reply.statusCode).toBe(401);
      if (method !== "HEAD") expect(reply.json().errors[0].message).toMatch(/Who is asking\?/);
    },
  );

  it.each([
    "/graphql/healthz",
    "/x/readyz",
    "/graphql;a=/healthz",
    "/%67raphql",
    "//graphql",
    "/healthz/..%2fgraphql",
    "/graphql.",
    "/GRAPHQL",
    "/graphql%00",
    "/nothing",
  ])("gives nothing away by the looks of a path: %s", async (url) => {
    const reply = await api.app.inject({
      method: "POST",
      url,
      headers: { host },
      payload: { query: "{ __typename }" },
    });
    expect(reply.statusCode).toBe(401);
  });

  it("answers 404 to those it knows", async () => {
    const reply = await api.app.inject({ url: "/nothing", headers: { host, authorization: `Bearer ${ADMIN}` } });
    expect(reply.statusCode).toBe(404);
  });
});

describe("every field of Query and Subscription", () => {
  const roots = [schema.getQueryType(), schema.getSubscriptionType()].filter(
    (type) => type instanceof GraphQLObjectType,
  );
  const names = roots.flatMap((type) => Object.keys(type.getFields()));

  it.each(names)("is closed to strangers: %s", async (name) => {
    const reply = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { host },
      payload: { query: `{ ${name} }` },
    });
    expect(reply.statusCode).toBe(401);
    expect(api.reader.world.asked).toEqual([]);
  });
});

describe("who asks", () => {
  const ask = (headers: Record<string, string>) =>
    api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { host, ...headers },
      payload: { query: "{ whoami { name } }" },
    });

  it.each([
    ["no such token", { authorization: "Bearer tutti_other" }],
    ["no scheme we know", { authorization: `Basic ${ADMIN}` }],
    ["a wrong token beside a good cookie", { authorization: "Bearer x", cookie: `tutti_session=${ADMIN}` }],
    ["a cookie from another site's page", { cookie: `tutti_session=${ADMIN}`, origin: "https://evil.test" }],
    ["a cookie from a page without an origin", { cookie: `tutti_session=${ADMIN}`, origin: "null" }],
  ])("is nobody with %s", async (_what, headers) => {
    expect((await ask(headers)).statusCode).toBe(401);
  });

  it("may prove it by token, or by cookie on our own page", async () => {
    const own = { cookie: `a=b; tutti_session=${ADMIN}`, origin: `http://${host}` };
    for (const headers of [{ authorization: `Bearer ${ADMIN}` }, own]) {
      expect((await ask(headers)).json()).toEqual({ data: { whoami: { name: "ada" } } });
    }
  });

  it("is asked anew within seconds", async () => {
    await api.close();
    let nowMs = 0;
    api = await testApi({ deps: { clock: { now: () => new Date(), monotonicMs: () => nowMs } } });
    expect((await ask({ authorization: `Bearer ${ADMIN}` })).statusCode).toBe(200);
    api.holders.delete(ADMIN);
    nowMs = 3_001;
    expect((await ask({ authorization: `Bearer ${ADMIN}` })).statusCode).toBe(401);
  });
});

describe("the name we are called by", () => {
  it.each(["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:7171"])(
    "is refused when it is not ours: %s",
    async (other) => {
      const reply = await api.app.inject({ url: "/healthz", headers: { host: other } });
      expect(reply.statusCode).toBe(421);
    },
  );

  it.each(["127.0.0.1", "localhost:7171", "LOCALHOST", "[::1]:7171"])("is ours: %s", async (own) => {
    expect((await api.app.inject({ url: "/healthz", headers: { host: own } })).statusCode).toBe(200);
  });
});

describe("a sign-in link", () => {
  it("opens a session once, in a cookie no script can read", async () => {
    const first = await api.app.inject({ url: "/sign-in/good-code", headers: { host } });
    expect(first.statusCode).toBe(303);
    expect(first.headers["set-cookie"]).toBe("tutti_session=session; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
    expect(first.headers["cache-control"]).toBe("no-store");
    const second = await api.app.inject({ url: "/sign-in/good-code", headers: { host } });
    expect(second.statusCode).toBe(401);
    expect(second.headers["set-cookie"]).toBeUndefined();
  });
});

describe("what is sent to us", () => {
  const send = (headers: Record<string, string>, payload: string) =>
    api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { host, authorization: `Bearer ${ADMIN}`, ...headers },
      payload,
    });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "application/json\ta",
  ])("is JSON and nothing else: %s", async (type) => {
    expect((await send({ "content-type": type }, `{"query":"{ __typename }"}`)).statusCode).toBe(415);
  });

  it.each([
    ["a prototype", `{"query":"{ __typename }","__proto__":{"x":1}}`, 400],
    ["a prototype in variables", `{"query":"{ __typename }","variables":{"__proto__":{"x":1}}}`, 400],
    ["a constructor's prototype", `{"query":"{ __typename }","variables":{"constructor":{"prototype":{"x":1}}}}`, 400],
    ["half a JSON", `{"query":`, 400],
    ["200 KB", `{"query":"${"#".repeat(200_000)}"}`, 413],
  ])("is refused when it holds %s", async (_what, payload, status) => {
    const reply = await send({ "content-type": "application/json" }, payload);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().errors[0].extensions.code).toBe("INVALID");
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it("changes nothing by GET", async () => {
    const url = `/graphql?query=${encodeURIComponent("mutation { __typename }")}`;
    const reply = await api.app.inject({ url, headers: { host, authorization: `Bearer ${ADMIN}` } });
    expect(reply.statusCode).toBe(405);
  });
});

describe("health", () => {
  it("says two words, and why only to the log", async () => {
    await api.close();
    api = await testApi({
      deps: { readiness: { database: () => Promise.reject(new Error("no route to db.internal")) } },
    });
    const [health, ready] = await Promise.all(
      ["/healthz", "/readyz"].map((url) => api.app.inject({ url, headers: { host } })),
    );
    expect([health?.statusCode, health?.body]).toEqual([200, "ok\n"]);
    expect([ready?.statusCode, ready?.body]).toEqual([503, "not ready\n"]);
  });
});

describe("pages", () => {
  it("may load from here alone", async () => {
    const reply = await api.app.inject({ url: "/", headers: { host } });
    expect(reply.headers["content-security-policy"]).toMatch(/default-src 'self';script-src 'self';/);
    expect(reply.headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  it.each(["..%2f..%2fpackage.json", "%2e%2e/package.json", "..%5cpackage.json", "x%00.js"])(
    "hand out no other file: %s",
    async (path) => {
      const reply = await api.app.inject({
        url: `/console/${path}`,
        headers: { host, authorization: `Bearer ${ADMIN}` },
      });
      expect([400, 403, 404]).toContain(reply.statusCode);
      expect(reply.body).not.toContain("devDependencies");
    },
  );
});
