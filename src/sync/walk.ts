/** The way to a tool, step by step, beside the HTTP boundary: DNS, TCP, TLS. It stops where the way ends. */
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Check, CheckOutcome, CheckSubject } from "../model/check.ts";

const STEP_MS = 5_000;
const DAY_MS = 86_400_000;
/** Time enough to have a certificate renewed. */
const EXPIRES_SOON_DAYS = 14;

export async function walk(url: URL, ca: string | undefined, now: Date, signal: AbortSignal): Promise<Check[]> {
  // An IPv6 address stands in brackets in a URL, and without them everywhere else.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const dns = await resolve(host);
  if (dns.outcome === "failed") return [dns, skipped("tcp"), skipped("tls")];
  const tcp = await reach(host, port, signal);
  if (tcp.outcome === "failed") return [dns, tcp, skipped("tls")];
  const tls =
    url.protocol === "https:" ? await handshake(host, port, ca, now, signal) : check("tls", "ok", "plain HTTP");
  return [dns, tcp, tls];
}

async function resolve(host: string): Promise<Check> {
  if (isIP(host) !== 0) return check("dns", "ok", `${host} is an address`);
  try {
    const found = await lookup(host, { all: true });
    return check("dns", "ok", `${host} is ${found.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    return check(
      "dns",
      "failed",
      `${host} is not known (${codeOf(error)})`,
      "check the name, and the DNS of this machine",
    );
  }
}

async function reach(host: string, port: number, signal: AbortSignal): Promise<Check> {
  const socket = connect({ host, port });
  try {
    await settled(socket, "connect", signal);
    return check("tcp", "ok", `port ${port} is open`);
  } catch (error) {
    const advice = "check that the tool runs, the port, and the firewalls between";
    return check("tcp", "failed", `port ${port} of ${host} does not open (${codeOf(error)})`, advice);
  } finally {
    socket.destroy();
  }
}

async function handshake(
  host: string,
  port: number,
  ca: string | undefined,
  now: Date,
  signal: AbortSignal,
): Promise<Check> {
  // Let through here so that we can say what is wrong; the HTTP boundary refuses what is not trusted.
  const options = {
    host,
    port,
    rejectUnauthorized: false,
    ...(ca && { ca }),
    ...(isIP(host) === 0 && { servername: host }),
  };
  const socket = connectTls(options);
  try {
    await settled(socket, "secureConnect", signal);
    return readCertificate(socket, host, now);
  } catch (error) {
    return check("tls", "failed", `no handshake (${codeOf(error)})`, "check that the port speaks TLS");
  } finally {
    socket.destroy();
  }
}

function readCertificate(socket: TLSSocket, host: string, now: Date): Check {
  const { valid_to: until } = socket.getPeerCertificate();
  const days = Math.floor((Date.parse(until) - now.getTime()) / DAY_MS);
  if (days < 0) return check("tls", "failed", `the certificate expired ${-days} days ago`, "have it renewed");
  if (!socket.authorized) {
    const reason =
      socket.authorizationError instanceof Error
        ? codeOf(socket.authorizationError)
        : String(socket.authorizationError);
    const advice = "put the certificate of its authority under spec.config.ca, or have the certificate replaced";
    return check("tls", "failed", `the certificate of ${host} is not trusted (${reason})`, advice);
  }
  const advice = days <= EXPIRES_SOON_DAYS ? "have it renewed in time" : null;
  return check("tls", "ok", `the certificate is good for ${days} days`, advice);
}

function settled(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    within.addEventListener("abort", () => reject(signal.aborted ? (signal.reason as Error) : new Error("no answer")));
  });
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function skipped(subject: CheckSubject): Check {
  return check(subject, "unknown", "not asked: the way ends before it");
}

function check(subject: CheckSubject, outcome: CheckOutcome, detail: string, advice: string | null = null): Check {
  return { subject, outcome, detail, advice };
}
