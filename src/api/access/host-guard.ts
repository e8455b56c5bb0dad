/**
 * By which name we are called. A page on the internet can make its own name point at 127.0.0.1 and talk to us from a
 * browser behind the firewall; what it cannot do is send another Host than its own.
 */
import type { IncomingHttpHeaders } from "node:http";

export function isOurHost(hosts: readonly string[] | null, { host }: IncomingHttpHeaders): boolean {
  if (hosts === null) return true;
  return host !== undefined && hosts.includes(withoutPort(host));
}

/** Whether a page of ours sent this, as far as a browser says. Other clients send no Origin. */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, "");
}
