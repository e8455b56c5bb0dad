/** The clouds' own doors before Airflow, played by small servers: each checks what it is sent as the real one would. */
import { createVerify, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { airflow } from "../../adapters/airflow/index.ts";
import { openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import type { Remote } from "../../src/adapter/contract.ts";
import { freePort } from "../../src/adapter/free-port.ts";
import { createHost } from "../../src/adapter/host.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { collect, signal } from "./airflow/stage.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function serve(answer: (heard: Heard, reply: ServerResponse) => void) {
  const heard: Heard[] = [];
  const handle = async (request: IncomingMessage, reply: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    const one = { method, path: url, headers, body: await text(request) };
    heard.push(one);
    answer(one, reply);
  };
  const server = createServer((request, reply) => void handle(request, reply));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${port}`, heard };
}

function connect(config: object, env: Record<string, string>): Remote {
  const host = createHost({
    source: "cloud",
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    secrets: createSecrets({ env }),
  });
  const remote = airflow.connect(airflow.config.parse(config), host);
  onTestFinished(() => remote.close?.());
  return remote;
}

function json(reply: ServerResponse, status: number, body: object, headers: Record<string, string | string[]> = {}) {
  reply.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const AWS = { AWS_KEY: "AKIDEXAMPLE", AWS_SECRET: "the-secret-of-aws", AWS_SESSION: "the-session-of-aws" };

describe("MWAA", () => {
  /** AWS's API, and the web server with Airflow behind its cookie or its bearer. */
  async function open(api: "v1" | "v2", sessions: string[] = []) {
    const aws = await serve((_, reply) => json(reply, 200, { WebToken: "a web+token", WebServerHostname: "web" }));
    const cookie = api === "v1" ? "session" : "_token";
    const web = await serve(({ method, path, headers, body }, reply) => {
      if (path === `/api/${api}/version`) return json(reply, 200, { version: api === "v1" ? "2.10.5" : "3.2.1" });
      if (method === "POST" && path.endsWith("/aws_mwaa/login")) {
        if (new URLSearchParams(body).get("token") !== "a web+token") return json(reply, 403, {});
        sessions.push(`session-${sessions.length + 1}`);
        const set = [`other=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT`, `${cookie}=${sessions.at(-1)}; HttpOnly`];
        return reply.writeHead(200, { "content-type": "text/html", "set-cookie": set }).end("<html>welcome</html>");
      }
      const shown = api === "v1" ? headers.cookie : headers.authorization;
      const wanted = api === "v1" ? `session=${sessions.at(-1)}` : `Bearer ${sessions.at(-1)}`;
      if (shown !== wanted) return json(reply, 401, { detail: "who are you?" });
      if (path.startsWith(`/api/${api}/dags`))
        return json(reply, 200, { dags: [{ dag_id: "load" }], total_entries: 1 });
      return json(reply, 200, { import_errors: [], total_entries: 0 });
    });
    const auth = {
      kind: "mwaa",
      environment: "Prod_1",
      region: "eu-central-1",
      accessKeyId: "env:AWS_KEY",
      secretAccessKey: "env:AWS_SECRET",
      sessionToken: "env:AWS_SESSION",
      endpoint: aws.url,
    };
    return { aws, web, sessions, remote: connect({ url: web.url, auth }, AWS) };
  }

  it.each(["v1", "v2"] as const)("gives a session of %s for a signed request", async (api) => {
    const { aws, web, remote } = await open(api);
    expect((await collect(remote.jobs(signal))).map(({ id }) => id)).toEqual(["load"]);
    expect(aws.heard.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /webtoken/Prod_1"]);
    expect(aws.heard[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/airflow\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
      ),
      "x-amz-security-token": "the-session-of-aws",
    });
    const login = web.heard.find(({ method }) => method === "POST");
    expect(login?.path).toBe(api === "v1" ? "/aws_mwaa/login" : "/pluginsv2/aws_mwaa/login");
    expect(login?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  it("is asked for one new session when the old one ends", async () => {
    const { aws, sessions, remote } = await open("v1");
    await collect(remote.jobs(signal));
    sessions.push("somebody ended the others");
    await Promise.all([collect(remote.jobs(signal)), collect(remote.jobs(new AbortController().signal))]);
    expect(aws.heard).toHaveLength(2);
  });

  it("that gives no cookie refused us", async () => {
    const aws = await serve((_, reply) => json(reply, 200, { WebToken: "t" }));
    const web = await serve(({ path }, reply) =>
      json(reply, path.endsWith("version") ? 200 : 200, { version: "3.2.1" }),
    );
    const auth = {
      kind: "mwaa",
      environment: "Prod",
      region: "eu-central-1",
      accessKeyId: "env:AWS_KEY",
      secretAccessKey: "env:AWS_SECRET",
      endpoint: aws.url,
    };
    await expect(collect(connect({ url: web.url, auth }, AWS).jobs(signal))).rejects.toMatchObject({
      fault: "refused",
      message: expect.stringContaining("_token"),
    });
  });
});

describe("Composer", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  async function open() {
    const sandbox = await openAirflowSandbox({ api: "v1", auth: "bearer", jobs: 2 });
    onTestFinished(() => sandbox.close());
    const token = Object.values(sandbox.secrets)[0];
    const google = await serve((_, reply) => json(reply, 200, { access_token: token, expires_in: 3_599 }));
    const key = { client_email: "tutti@project.iam", private_key: pem, token_uri: `${google.url}/token` };
    const config = { url: sandbox.url, auth: { kind: "google", serviceAccount: "env:GOOGLE_KEY" } };
    return { google, config, key };
  }

  it("takes a token that our signed claim was changed for", async () => {
    const { google, config, key } = await open();
    const remote = connect(config, { GOOGLE_KEY: JSON.stringify(key) });
    expect(await collect(remote.jobs(signal))).toHaveLength(2);
    await collect(remote.jobs(signal));
    expect(google.heard).toHaveLength(1);

    const form = new URLSearchParams(google.heard[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const verify = createVerify("RSA-SHA256").update(`${head}.${claims}`);
    expect(verify.verify(publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    expect(said).toMatchObject({ iss: "tutti@project.iam", aud: key.token_uri });
    expect(Number(said["exp"]) - Number(said["iat"])).toBe(3_600);
  });

  it("is not asked with a file that is no key", async () => {
    const { google, config } = await open();
    const remote = connect(config, { GOOGLE_KEY: `{"private_key":"half a secret"}` });
    const error: unknown = await collect(remote.jobs(signal)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fault: "refused", message: expect.stringContaining("env:GOOGLE_KEY") });
    expect(String(error)).not.toContain("half a secret");
    expect(google.heard).toEqual([]);
  });
});
