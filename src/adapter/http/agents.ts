/** Sockets to one origin: kept alive, bounded, over TLS 1.2 at least, and only to an address that was looked at. */
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { RemoteError } from "../remote-error.ts";
import { checkedLookup } from "./address.ts";
import type { HttpOptions } from "./http.ts";

export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  close(): void;
}

export interface AgentOptions extends Pick<HttpOptions, "ca" | "onlyCa" | "clientCertificate" | "servername"> {
  readonly sockets: number;
}

export function createAgents({ sockets, servername, ...identity }: AgentOptions): Agents {
  const shared = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, lookup: checkedLookup() };
  const httpAgent = new http.Agent(shared);
  const httpsAgent = new https.Agent({
    ...shared,
    // Said aloud, for an environment variable could switch it off otherwise.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(servername === undefined ? {} : { servername }),
    ...secureContextOf(identity),
  });
  return {
    httpAgent,
    httpsAgent,
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** One context for all sockets, for parsing the authorities is slow. */
function secureContextOf({ ca, onlyCa, clientCertificate }: Omit<AgentOptions, "sockets" | "servername">) {
  if (ca === undefined && !clientCertificate) return {};
  // `ca` alone would replace the authorities everybody trusts.
  const trusted = ca === undefined ? {} : { ca: onlyCa ? [ca] : [...tls.rootCertificates, ca] };
  try {
    return { secureContext: tls.createSecureContext({ ...trusted, ...clientCertificate, minVersion: "TLSv1.2" }) };
  } catch (error) {
    throw unusable(error);
  }
}

/** OpenSSL's words may quote the file; ours say which of them to look at. */
function unusable(error: unknown): RemoteError {
  const { code = "not PEM" } = error as { readonly code?: string };
  return new RemoteError(`the certificate or the key we were given cannot be used (${code})`, {
    fault: "refused",
    passing: false,
    uncertain: false,
  });
}
