/**
 * The managed Airflow of AWS: a login token from its API, exchanged for a session at Airflow's own web server.
 *
 * Not by `InvokeRestApi`, which would give every call ten seconds and six megabytes.
 */
import { z } from "zod";
import type { Host } from "../../src/adapter/contract.ts";
import type { Http } from "../../src/adapter/http/http.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { MwaaAuth } from "./config.ts";
import type { Api } from "./dialect.ts";
import { type AwsKeys, signedHeaders } from "./sigv4.ts";
import type { Issued } from "./token.ts";

const loginToken = z.object({ WebToken: z.string().min(1) });

/** A session lasts twelve hours. */
const SESSION_MS = 12 * 3_600_000;

/** Where 2.x and 3.x have AWS's own page, and the cookie it gives out. */
const LOGIN = {
  v1: { path: "/aws_mwaa/login", cookie: "session" },
  v2: { path: "/pluginsv2/aws_mwaa/login", cookie: "_token" },
} as const;

export interface MwaaOptions {
  readonly auth: MwaaAuth;
  readonly host: Pick<Host, "http" | "secret" | "now">;
  readonly api: () => Api;
  /** Of Airflow's web server. */
  readonly web: () => Http;
  readonly signal: AbortSignal;
}

export async function mwaaLogin({ auth, host, api, web, signal }: MwaaOptions): Promise<Issued> {
  const token = await createLoginToken(auth, host, signal);
  const { path, cookie } = LOGIN[api()];
  const reply = await web().post(path, `token=${encodeURIComponent(token)}`, {
    signal,
    anonymous: true,
    as: "nothing",
    accept: [302, 303],
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const value = cookieIn(reply.headers["set-cookie"] ?? "", cookie);
  if (value === null) {
    throw new RemoteError(`Airflow's login of AWS gave out no cookie called ${cookie}`, {
      fault: "refused",
      passing: false,
    });
  }
  return { token: value, lifeMs: SESSION_MS };
}

/** 3.x takes as a bearer what its cookie carries; 2.x knows the cookie alone. */
export function mwaaHeaders(token: string, api: Api): Record<string, string> {
  return api === "v1" ? { cookie: `session=${token}` } : { authorization: `Bearer ${token}` };
}

async function createLoginToken(auth: MwaaAuth, host: MwaaOptions["host"], signal: AbortSignal): Promise<string> {
  const baseUrl = auth.endpoint ?? `https://env.airflow.${auth.region}.amazonaws.com`;
  const http = host.http({ baseUrl });
  const path = `/webtoken/${auth.environment}`;
  try {
    const url = new URL(`${baseUrl.replace(/\/+$/, "")}${path}`);
    const keys = await readKeys(auth, host);
    const request = { method: "POST", url, region: auth.region, service: "airflow", keys, now: host.now() };
    const reply = await http.post(path, null, { signal, anonymous: true, headers: signedHeaders(request) });
    return readBody(loginToken, reply, "a login token").WebToken;
  } finally {
    http.close();
  }
}

async function readKeys(auth: MwaaAuth, { secret }: MwaaOptions["host"]): Promise<AwsKeys> {
  return {
    accessKeyId: await secret(auth.accessKeyId),
    secretAccessKey: await secret(auth.secretAccessKey),
    sessionToken: auth.sessionToken === undefined ? null : await secret(auth.sessionToken),
  };
}

/** Several cookies come as one line, with commas in their dates. */
function cookieIn(header: string, name: string): string | null {
  return new RegExp(`(?:^|,\\s*)${name}=([^;,]+)`).exec(header)?.[1] ?? null;
}
