/** How we show who we are. Secrets are read anew for each use, so that a rotated one is seen without a restart. */
import type { Host } from "../../src/adapter/contract.ts";
import type { Authorizer } from "../../src/adapter/http/http.ts";
import type { AirflowAuth } from "./config.ts";
import type { Api } from "./dialect.ts";
import { tokenAuth } from "./token.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface AuthOptions {
  readonly auth: AirflowAuth;
  readonly host: Pick<Host, "secret" | "now">;
  /** The API we take the server to speak at this moment. */
  readonly api: () => Api;
  readonly login: (credentials: Credentials) => Promise<string>;
}

export function authorizer({ auth, host, api, login }: AuthOptions): Authorizer | null {
  if (auth.kind === "none") return null;
  if (auth.kind === "bearer") {
    return { headers: async () => ({ authorization: `Bearer ${await host.secret(auth.token)}` }) };
  }
  const credentials = async () => ({ username: auth.username, password: await host.secret(auth.password) });
  const basic: Authorizer = { headers: async () => ({ authorization: basicHeader(await credentials()) }) };
  const token = tokenAuth({ login: async () => login(await credentials()), now: () => host.now() });
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
