/** How we show who we are. Secrets are read anew for each use, so that a rotated one is seen without a restart. */
import type { Host } from "../../src/adapter/contract.ts";
import type { Authorizer, Http } from "../../src/adapter/http/http.ts";
import type { AirflowAuth } from "./config.ts";
import type { Api } from "./dialect.ts";
import { googleLogin } from "./google.ts";
import { mwaaHeaders, mwaaLogin } from "./mwaa.ts";
import { tokenAuth } from "./token.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface AuthOptions {
  readonly auth: AirflowAuth;
  readonly host: Pick<Host, "http" | "secret" | "now">;
  /** The API we take the server to speak at this moment. */
  readonly api: () => Api;
  readonly login: (credentials: Credentials) => Promise<string>;
  /** Of Airflow itself. */
  readonly web: () => Http;
  /** Ends with the connection. */
  readonly signal: AbortSignal;
}

export function authorizer(options: AuthOptions): Authorizer | null {
  const { auth, host, api, login } = options;
  const now = () => host.now();
  if (auth.kind === "none") return null;
  if (auth.kind === "bearer") {
    return { headers: async () => ({ authorization: `Bearer ${await host.secret(auth.token)}` }) };
  }
  if (auth.kind === "google")
    return tokenAuth({ login: () => googleLogin(auth.serviceAccount, host, options.signal), now });
  if (auth.kind === "mwaa") {
    return tokenAuth({
      login: () => mwaaLogin({ ...options, auth }),
      now,
      headers: (token) => mwaaHeaders(token, api()),
    });
  }
  const credentials = async () => ({ username: auth.username, password: await host.secret(auth.password) });
  const basic: Authorizer = { headers: async () => ({ authorization: basicHeader(await credentials()) }) };
  const token = tokenAuth({ login: async () => login(await credentials()), now });
  // 2.x gives out no tokens, 3.x takes no passwords; a server that is upgraded changes sides under us.
  return {
    headers: (signal) => (api() === "v1" ? basic : token).headers(signal),
    renew: async (signal) => (api() === "v1" ? false : token.renew(signal)),
  };
}

/** UTF-8, as both Airflows decode it. */
function basicHeader({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
