import { HttpResponse, http as mock } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Limits } from "../../src/adapter/http/limits.ts";
import type { Authorizer, HttpRequest } from "../../src/adapter/http/http.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { sourceHost } from "../support/source-host.ts";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const baseUrl = "https://tool.example/prefix";
const never = new AbortController().signal;

/** Answers one after the other; the last one for ever. */
function answers(...replies: readonly (() => Response)[]) {
  const asked: Request[] = [];
  server.use(
    mock.all(`${baseUrl}/*`, ({ request }) => {
      asked.push(request.clone());
      return (replies[asked.length - 1] ?? replies.at(-1))?.() ?? HttpResponse.error();
    }),
  );
  return asked;
}

const ok =
  (body: object = { fine: true }) =>
  () =>
    HttpResponse.json(body);
const says =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    HttpResponse.json({ detail: `said ${status}` }, { status, headers });

function given({ limits = {}, authorize }: { limits?: Partial<Limits>; authorize?: Authorizer } = {}) {
  const host = sourceHost(limits);
  const http = host.http({ baseUrl, ...(authorize ? { authorize } : {}) });
  const get = (request: Partial<HttpRequest> = {}) => http.get("/things", { signal: never, ...request });
  return { host, http, get };
}

async function faultOf(work: Promise<unknown>): Promise<RemoteError> {
  const error: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof RemoteError)) throw new Error(`expected a RemoteError, got ${String(error)}`);
  return error;
}

describe("an answer", () => {
  it("brings status, headers, body and the remote's time", async () => {
    answers(() => HttpResponse.json([1], { headers: { Date: "Sun, 01 Mar 2026 12:00:00 GMT", "X-Total": "7" } }));
    const reply = await given().get();
    expect(reply).toMatchObject({ status: 200, body: [1], readAt: new Date("2026-03-01T12:00:00Z") });
    expect(reply.headers["x-total"]).toBe("7");
  });

  it("carries our time of asking where the remote sends none", async () => {
    let arrivedAt = 0;
    server.use(
      mock.get(`${baseUrl}/things`, () => {
        arrivedAt = Date.now();
        return HttpResponse.json({});
      }),
    );
    const before = Date.now();
    const readAt = (await given().get()).readAt.getTime();
    expect(readAt).toBeGreaterThanOrEqual(before);
    expect(readAt).toBeLessThanOrEqual(arrivedAt);
  });

  it("may be empty where nothing was to be said", async () => {
    answers(() => new HttpResponse(null, { status: 204 }));
    expect((await given().http.delete("/x", { signal: never })).body).toBeNull();
  });

  it("may not be empty where something was asked", async () => {
    answers(() => new HttpResponse("", { status: 200, headers: { "content-type": "application/json" } }));
    expect((await faultOf(given().get())).fault).toBe("malformed");
  });

  it("may be a refusal that the caller reads itself", async () => {
    answers(says(404), () => HttpResponse.html("<html>no</html>", { status: 403 }));
    const { get } = given();
    expect(await get({ accept: [404] })).toMatchObject({ status: 404, body: { detail: "said 404" } });
    expect(await get({ accept: [403] })).toMatchObject({ status: 403, body: "<html>no</html>" });
  });

  it("may be text, in the encoding it names", async () => {
    answers(() => new HttpResponse(Buffer.from([0xe9]), { headers: { "content-type": "text/plain; charset=latin1" } }));
    expect((await given().get({ as: "text" })).body).toBe("é");
  });
});

describe("a question", () => {
  it("goes below the prefix, with its query and its body", async () => {
    const asked = answers(ok());
    await given().http.post("/a b/%2F", { x: 1 }, { signal: never, query: { state: ["a", "b"], none: null } });
    expect(asked[0]?.url).toBe("https://tool.example/prefix/a%20b/%2F?state=a&state=b");
    expect(await asked[0]?.json()).toEqual({ x: 1 });
  });

  it("without a body says so", async () => {
    const asked = answers(ok());
    await given().http.post("/x", null, { signal: never });
    expect(asked[0]?.headers.has("content-type")).toBe(false);
  });
});

describe("a passing fault", () => {
  it("is survived by asking again", async () => {
    const asked = answers(says(503), says(500), ok());
    expect((await given().get()).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  it("is told when it lasts", async () => {
    const asked = answers(says(502));
    expect(await faultOf(given().get())).toMatchObject({ fault: "busy", passing: true, status: 502 });
    expect(asked).toHaveLength(3);
  });

  it("of a write is never repeated by itself", async () => {
    const asked = answers(says(503));
    const error = await faultOf(given().http.post("/x", {}, { signal: never }));
    expect(asked).toHaveLength(1);
    expect(error.uncertain).toBe(true);
  });

  it("of a write is repeated when its caller knows better", async () => {
    const asked = answers(says(503), ok());
    await given().http.post("/x", {}, { signal: never, repeat: true });
    expect(asked).toHaveLength(2);
  });

  it("that lasts is not asked again", async () => {
    const asked = answers(says(404));
    expect((await faultOf(given().get())).fault).toBe("missing");
    expect(asked).toHaveLength(1);
  });

  it("waits as long as the remote said", async () => {
    answers(says(429, { "retry-after": "1" }), ok());
    const before = performance.now();
    await given().get();
    expect(performance.now() - before).toBeGreaterThanOrEqual(950);
  });

  it("does not wait for a remote that wants hours", async () => {
    const asked = answers(says(503, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() }));
    const error = await faultOf(given().get());
    expect(asked).toHaveLength(1);
    expect(error.retryAfterMs).toBeGreaterThan(3_500_000);
  });

  it("leaves a remote alone that asked for it", async () => {
    const asked = answers(says(429, { "retry-after": "30" }));
    const { get } = given();
    await faultOf(get());
    const error = await faultOf(get());
    expect(asked).toHaveLength(1);
    expect(error).toMatchObject({ fault: "busy", passing: true, uncertain: false });
    expect(error.message).toMatch(/left alone for 2[89]s|left alone for 30s/);
  });
});

describe("a redirect", () => {
  it.each([
    "https://elsewhere.example/login?ticket=t",
    "http://169.254.169.254/latest",
    "file:///etc/passwd",
    "/other",
  ])("to %s is not followed", async (location) => {
    const asked = answers(says(302, { location }));
    const error = await faultOf(given().get());
    expect(asked).toHaveLength(1);
    expect(error).toMatchObject({ fault: "refused", passing: false, status: 302 });
    expect(error.message).toContain(`pointed to ${location.replace(/\?.*/, "")}`);
    expect(error.message).not.toContain("ticket");
  });
});

describe("credentials", () => {
  function renewing() {
    const calls = { headers: 0, renew: 0 };
    const authorize: Authorizer = {
      async headers() {
        calls.headers += 1;
        return { authorization: `Bearer token-${calls.renew}` };
      },
      async renew() {
        calls.renew += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return true;
      },
    };
    return { calls, authorize };
  }

  function wantsToken(wanted: string) {
    let refused = 0;
    server.use(
      mock.get(`${baseUrl}/things`, ({ request }) => {
        if (request.headers.get("authorization") === `Bearer ${wanted}`) return HttpResponse.json({});
        refused += 1;
        return says(401)();
      }),
    );
    return () => refused;
  }

  it("are renewed once for a 401, and asked with again", async () => {
    const { calls, authorize } = renewing();
    const refused = wantsToken("token-1");
    expect((await given({ authorize }).get()).status).toBe(200);
    expect([refused(), calls.renew]).toEqual([1, 1]);
  });

  it("are renewed once for twenty requests", async () => {
    const { calls, authorize } = renewing();
    wantsToken("token-1");
    const { get } = given({ authorize });
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(calls.renew).toBe(1);
  });

  it("are not renewed again for a refusal that comes late", async () => {
    const { calls, authorize } = renewing();
    let stale = 0;
    server.use(
      mock.get(`${baseUrl}/things`, async ({ request }) => {
        if (request.headers.get("authorization") === "Bearer token-1") return HttpResponse.json({});
        stale += 1;
        // The second of two with the old token is answered when the first has long got a new one.
        if (stale === 2) await first;
        return says(401)();
      }),
    );
    const { get } = given({ authorize });
    const first = get();
    await Promise.all([first, get()]);
    expect([stale, calls.renew]).toEqual([2, 1]);
  });

  it("that stay wrong are refused after one more try", async () => {
    const { calls, authorize } = renewing();
    const refused = wantsToken("never");
    const error = await faultOf(given({ authorize }).get());
    expect(error).toMatchObject({ fault: "refused", status: 401 });
    expect([refused(), calls.renew]).toEqual([2, 1]);
  });

  it("are left out for an anonymous request", async () => {
    const asked = answers(ok());
    await given({ authorize: renewing().authorize }).get({ anonymous: true });
    expect(asked[0]?.headers.has("authorization")).toBe(false);
  });

  it("may be fetched through the same boundary without blocking it", async () => {
    answers(ok());
    const host = sourceHost();
    const http = host.http({
      baseUrl,
      concurrency: 1,
      authorize: {
        headers: async (signal) => {
          await http.post("/token", {}, { signal, anonymous: true });
          return { authorization: "Bearer fetched" };
        },
      },
    });
    expect((await http.get("/things", { signal: never })).status).toBe(200);
  });

  it("that no header can carry are told apart from an outage", async () => {
    const authorize: Authorizer = { headers: async () => ({ authorization: "Bearer kl\u{1F511}geheim" }) };
    const error = await faultOf(given({ authorize }).get());
    expect(error).toMatchObject({ fault: "refused", passing: false, uncertain: false });
    expect(error.message).toMatch(/a character that HTTP cannot carry/);
    expect(error.message).not.toContain("geheim");
  });

  it("that cannot be had end the request with their own error", async () => {
    const authorize: Authorizer = { headers: () => Promise.reject(new TypeError("no such key")) };
    await expect(given({ authorize }).get()).rejects.toThrow(TypeError);
  });
});

describe("the breaker", () => {
  const limits = { attempts: 1, breakAfter: 3, breakMs: 60_000 };

  it("stops asking a remote that is down", async () => {
    const asked = answers(says(503));
    const { get, host } = given({ limits });
    for (let times = 0; times < 10; times += 1) await faultOf(get());
    expect(asked).toHaveLength(3);
    const error = await faultOf(get());
    expect(error).toMatchObject({ fault: "busy", passing: true, uncertain: false });
    expect(error.message).toMatch(/^Not asked: .* next try in .*Last: GET .* answered 503/);
    expect([await host.breaker("open"), await host.breaker("closed")]).toEqual([1, 0]);
  });

  it("tries again later, and closes when it is answered", async () => {
    answers(says(503), says(503), says(503), ok());
    const { get, host } = given({ limits: { ...limits, breakMs: 20 } });
    for (let times = 0; times < 3; times += 1) await faultOf(get());
    await expect
      .poll(() =>
        get().then(
          ({ status }) => status,
          () => null,
        ),
      )
      .toBe(200);
    expect(await host.breaker("closed")).toBe(1);
  });

  it("is not opened by refusals, nor by a remote that is busy", async () => {
    const asked = answers(says(403), says(403), says(403), says(429), says(429), says(429), says(404));
    const { get } = given({ limits });
    for (let times = 0; times < 8; times += 1) await faultOf(get());
    expect(asked).toHaveLength(8);
  });

  it("learns nothing from a trial that was aborted", async () => {
    const asked = answers(says(503));
    const { http, host } = given({ limits: { ...limits, breakMs: 20 } });
    for (let times = 0; times < 3; times += 1) await faultOf(http.get("/things", { signal: never }));
    const arrived = new Promise<string>((resolve) => {
      const hang = () => {
        resolve("arrived");
        return new Promise<never>(() => {});
      };
      server.use(mock.get(`${baseUrl}/things`, hang));
    });
    const controller = new AbortController();
    let trial: Promise<unknown> = Promise.resolve();
    const attempt = () => {
      trial = http.get("/things", { signal: controller.signal }).catch((error: Error) => error.name);
      return Promise.race([arrived, trial]);
    };
    await expect.poll(attempt).toBe("arrived");
    controller.abort();
    expect(await trial).toBe("AbortError");
    await expect.poll(() => host.breaker("half-open")).toBe(0);
    expect([await host.breaker("open"), await host.breaker("closed")]).toEqual([1, 0]);
    expect(asked).toHaveLength(3);
  });
});

describe("the budget", () => {
  it("holds in a storm of repeats", async () => {
    const times: number[] = [];
    server.use(
      mock.get(`${baseUrl}/things`, () => {
        times.push(performance.now());
        return says(503)();
      }),
    );
    const { get } = given({ limits: { requestsPerSecond: 10, breakAfter: 1_000 } });
    await Promise.all(Array.from({ length: 12 }, () => faultOf(get())));
    expect(times).toHaveLength(36);
    // Ten at once and then ten a second: the last of them no sooner than three seconds after the first.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_700);
  });

  it("turns away what would wait for ever", async () => {
    answers(ok());
    const { http } = given({ limits: { requestsPerSecond: 1, maxWaiting: 2, concurrency: 10 } });
    const controller = new AbortController();
    const asking = Array.from({ length: 6 }, () =>
      http.get("/things", { signal: controller.signal }).catch((error: unknown) => error),
    );
    const turnedAway = await Promise.race(asking.slice(3));
    controller.abort();
    expect(turnedAway).toMatchObject({ fault: "busy", uncertain: false });
    await Promise.all(asking);
  });
});

describe("a canary", () => {
  it("shows nowhere, whatever the remote repeats", async () => {
    const host = sourceHost({ attempts: 1 }, { KEY: "canary-4f9a" });
    const http = host.http({
      baseUrl,
      authorize: { headers: async () => ({ "x-api-key": await host.secret("env:KEY") }) },
    });
    server.use(
      mock.get(`${baseUrl}/*`, ({ request }) =>
        HttpResponse.json({ detail: `your key ${request.headers.get("x-api-key")} is wrong` }, { status: 403 }),
      ),
    );
    const error = await faultOf(http.get("/keys/canary-4f9a", { signal: never }));
    host.log.warn({ error, key: "canary-4f9a" }, "it was refused");
    expect(error.message).toContain("your key [redacted] is wrong");
    expect(`${error.message}${error.stack}${error.excerpt}${JSON.stringify(error)}${host.printed()}`).not.toContain(
      "canary",
    );
    expect(host.printed()).toContain('"source":"one"');
  });

  it("in the answer to a login shows nowhere at all", async () => {
    answers(() => new HttpResponse('{"opaque":"canary-4f9a', { headers: { "content-type": "application/json" } }));
    const error = await faultOf(given().http.post("/token", {}, { signal: never, anonymous: true }));
    expect(error.fault).toBe("malformed");
    expect(JSON.stringify(error) + error.message).not.toContain("canary");
  });
});

describe("what was asked", () => {
  it("is counted by class of answer", async () => {
    answers(says(503), ok(), says(404), () => HttpResponse.error());
    const { get, host } = given({ limits: { attempts: 2 } });
    await get();
    await faultOf(get());
    await faultOf(get());
    expect(await Promise.all(["2xx", "4xx", "5xx", "none"].map(host.requests))).toEqual([1, 1, 1, 2]);
  });
});
