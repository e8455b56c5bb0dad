/** Sockets to one origin: kept alive, bounded, over TLS 1.2 at least, and only to an address that was looked at. */
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { checkedLookup } from "./address.ts";

export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  close(): void;
}

export function createAgents({ sockets, ca }: { readonly sockets: number; readonly ca?: string | undefined }): Agents {
  const shared = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, lookup: checkedLookup() };
  const httpAgent = new http.Agent(shared);
  const httpsAgent = new https.Agent({
    ...shared,
    // Said aloud, for an environment variable could switch it off otherwise.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    // `ca` alone would replace the authorities everybody trusts; one context for all sockets, for parsing them is slow.
    ...(ca === undefined
      ? {}
      : { secureContext: tls.createSecureContext({ ca: [...tls.rootCertificates, ca], minVersion: "TLSv1.2" }) }),
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
