/** What logs and logins need of the boundary: the end of a large text, a form, and an answer of which only the headers count. */
import { gzipSync } from "node:zlib";
import { HttpResponse, http as mock } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sourceHost } from "../support/source-host.ts";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const baseUrl = "https://tool.example";
const signal = new AbortController().signal;

function given(answer: (request: Request) => Response | Promise<Response>) {
  server.use(mock.all(`${baseUrl}/*`, ({ request }) => answer(request)));
  return sourceHost({ attempts: 1 }).http({ baseUrl });
}

describe("the end of a text", () => {
  const log = `${Array.from({ length: 50_000 }, (_, at) => `line ${at}`).join("\n")}\n`;
  const text = (body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    new Response(body, { headers: { "content-type": "text/plain", ...headers } });
  const end = { signal, as: "text", keep: "end", maxBytes: 1_000 } as const;

  it("is kept, and said to be only the end", async () => {
    const { body, cut } = await given(() => text(log)).get("/log", end);
    expect(cut).toBe(true);
    expect(body).toBe(log.slice(-1_000));
  });

  it("is kept of what was compressed as well", async () => {
    const http = given(() => text(new Uint8Array(gzipSync(log)), { "content-encoding": "gzip" }));
    expect((await http.get("/log", end)).body).toBe(log.slice(-1_000));
  });

  it("is all of a short one", async () => {
    const { body, cut } = await given(() => text("short")).get("/log", end);
    expect([body, cut]).toEqual(["short", false]);
  });

  it("is not wanted where nobody asked for it", async () => {
    const error: unknown = await given(() => text(log))
      .get("/log", { signal, as: "text", maxBytes: 1_000 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fault: "malformed", message: expect.stringContaining("larger than we read") });
  });

  it("is no answer where the tool says no", async () => {
    const http = given(() => new Response("no such log", { status: 404, headers: { "content-type": "text/plain" } }));
    await expect(http.get("/log", end)).rejects.toMatchObject({ fault: "missing", excerpt: "no such log" });
  });
});

describe("a form", () => {
  it("is sent as it is, and everything else as JSON", async () => {
    const sent: string[] = [];
    const http = given(async (request) => {
      sent.push(`${request.headers.get("content-type")}: ${await request.text()}`);
      return HttpResponse.json({});
    });
    await http.post("/a", "token=a%2Bb", { signal, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
    await http.post("/b", "a text", { signal });
    await http.post("/c", { a: 1 }, { signal });
    expect(sent).toEqual([
      "application/x-www-form-urlencoded: token=a%2Bb",
      'application/json: "a text"',
      'application/json: {"a":1}',
    ]);
  });
});

describe("an answer of which nothing is wanted", () => {
  it("brings its headers, whatever page it is", async () => {
    const page = () =>
      new Response("<html>welcome</html>", { headers: { "content-type": "text/html", "set-cookie": "session=1" } });
    const reply = await given(page).post("/login", null, { signal, as: "nothing" });
    expect([reply.status, reply.body, reply.headers["set-cookie"]]).toEqual([200, null, "session=1"]);
  });

  it("is a refusal all the same when it says no", async () => {
    const http = given(() => new Response("", { status: 403 }));
    await expect(http.post("/login", null, { signal, as: "nothing" })).rejects.toMatchObject({ fault: "refused" });
  });
});
