/** Cloud Composer: an access token of Google's, for which a service account signs a short-lived claim with its key. */
import { sign } from "node:crypto";
import { z } from "zod";
import type { Host } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { Issued } from "./token.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLAIM_SECONDS = 3_600;

/** The file that Google hands out for a service account. */
const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().includes("PRIVATE KEY"),
  private_key_id: z.string().optional(),
  token_uri: z.url(),
});

type KeyFile = z.infer<typeof keyFile>;

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

export async function googleLogin(
  serviceAccount: string,
  host: Pick<Host, "http" | "secret" | "now">,
  signal: AbortSignal,
): Promise<Issued> {
  const key = readKey(await host.secret(serviceAccount), serviceAccount);
  const { origin, pathname } = new URL(key.token_uri);
  const http = host.http({ baseUrl: origin });
  const form = new URLSearchParams({ grant_type: GRANT, assertion: signedClaim(key, host.now()) });
  try {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await http.post(pathname, form.toString(), { signal, anonymous: true, headers });
    const { access_token: token, expires_in: seconds } = readBody(tokenAnswer, reply, "an access token");
    return { token, lifeMs: seconds === undefined ? null : seconds * 1_000 };
  } finally {
    http.close();
  }
}

/** Nothing of it is repeated in the error: it is the key. */
function readKey(text: string, reference: string): KeyFile {
  try {
    return keyFile.parse(JSON.parse(text));
  } catch {
    const message = `${reference} holds no key of a service account: it needs client_email, private_key and token_uri`;
    throw new RemoteError(message, { fault: "refused", passing: false });
  }
}

function signedClaim(key: KeyFile, now: Date): string {
  const issued = Math.floor(now.getTime() / 1_000);
  const header = { alg: "RS256", typ: "JWT", ...(key.private_key_id === undefined ? {} : { kid: key.private_key_id }) };
  const claims = {
    iss: key.client_email,
    scope: SCOPE,
    aud: key.token_uri,
    iat: issued,
    exp: issued + CLAIM_SECONDS,
  };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), key.private_key).toString("base64url")}`;
}
