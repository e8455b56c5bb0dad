/** How a cluster is reached at this moment: where it is, whom it must prove to be, and who we are there. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../../src/adapter/contract.ts";
import type { Authorizer, HttpOptions } from "../../../src/adapter/http/http.ts";
import type { Access } from "../config.ts";
import { execCredentials, type ExecCredentials } from "./exec-plugin.ts";
import { type KubeContext, type Pem, readKubeconfig } from "./kubeconfig.ts";
import { refused } from "./refused.ts";

export type LineOptions = Pick<
  HttpOptions,
  "baseUrl" | "authorize" | "ca" | "onlyCa" | "clientCertificate" | "servername"
>;

/** Answers anew each time; who compares the answers notices a file that was changed under us. */
export type FindLine = () => Promise<LineOptions>;

type Deps = Pick<Host, "secret" | "now">;

export function lineTo(access: Access, host: Deps): FindLine {
  if (access.kind === "kubeconfig") return kubeconfigLine(access, host);
  if (access.kind === "in-cluster") return inClusterLine(access, host);
  const base = { baseUrl: access.url };
  if (access.kind === "none") return async () => base;
  const trust = access.ca === undefined ? {} : { ca: access.ca, onlyCa: true };
  if (access.kind === "token") {
    const authorize = bearer(() => host.secret(access.token));
    return async () => ({ ...base, ...trust, authorize });
  }
  return async () => {
    const [cert, key] = await Promise.all([host.secret(access.certificate), host.secret(access.key)]);
    return { ...base, ...trust, clientCertificate: { cert, key } };
  };
}

function bearer(token: () => Promise<string>, renew?: () => Promise<boolean>): Authorizer {
  const headers = async () => ({ authorization: `Bearer ${await token()}` });
  return renew ? { headers, renew } : { headers };
}

/** Tokens of service accounts are changed under us about once an hour. */
function inClusterLine({ url, folder }: Extract<Access, { kind: "in-cluster" }>, host: Deps): FindLine {
  const token = tokenFile(join(folder, "token"), host.now);
  return async () => {
    // The default reaches the API by HTTPS alone; a test's server on loopback has no certificate to check.
    const trust = url.startsWith("https:") ? { ca: await read(join(folder, "ca.crt")), onlyCa: true } : {};
    return { baseUrl: url, ...trust, authorize: token };
  };
}

const LOOK_AGAIN_MS = 10_000;

/** Read again every ten seconds, and at once for a 401. */
function tokenFile(path: string, now: () => Date): Authorizer {
  let held: { readonly token: string; readonly at: number } | null = null;
  const look = async () => {
    held = { token: (await read(path)).trim(), at: now().getTime() };
    return held.token;
  };
  const token = async () => (held && now().getTime() - held.at < LOOK_AGAIN_MS ? held.token : look());
  return bearer(token, async () => {
    const before = held?.token;
    return (await look()) !== before;
  });
}

function kubeconfigLine(access: Extract<Access, { kind: "kubeconfig" }>, host: Deps): FindLine {
  let known: { readonly stamp: string; readonly context: KubeContext; readonly who: Who } | null = null;

  async function current() {
    const stamp = await stampOf(access.path);
    if (known?.stamp === stamp) return known;
    const context = readKubeconfig(await read(access.path), access.path, access.context);
    if (context.exec && !access.allowExec)
      throw refused(
        `the context ${context.context} runs the command ${context.exec.command}; say allowExec: true if you trust ${access.path}`,
      );
    known = { stamp, context, who: await whoIs(context, host) };
    return known;
  }

  return async () => {
    const { context, who } = await current();
    const ca = await load(context.ca);
    const certificate = await who.certificate();
    return {
      baseUrl: context.server,
      ...(ca === null ? {} : { ca, onlyCa: true }),
      ...(context.servername === null ? {} : { servername: context.servername }),
      ...(certificate ? { clientCertificate: certificate } : {}),
      ...(who.authorize ? { authorize: who.authorize } : {}),
    };
  };
}

interface Who {
  readonly authorize: Authorizer | null;
  certificate(): Promise<HttpOptions["clientCertificate"] | null>;
}

/** In kubectl's order: a certificate stands beside whatever else there is, and a token wins over a file and a plugin. */
async function whoIs(context: KubeContext, host: Deps): Promise<Who> {
  const { token, tokenFile: file, exec } = context;
  const own = () => loadPair(context.certificate);
  if (file !== null) return { authorize: tokenFile(file, host.now), certificate: own };
  if (token !== null) return { authorize: bearer(async () => token), certificate: own };
  if (!exec) return { authorize: null, certificate: own };
  const ca = await load(context.ca);
  const plugin = execCredentials({ plugin: exec, cluster: { server: context.server, ca }, now: host.now });
  return { authorize: fromPlugin(plugin), certificate: async () => (await plugin.current()).certificate ?? own() };
}

function fromPlugin(plugin: ExecCredentials): Authorizer {
  return {
    async headers(): Promise<Record<string, string>> {
      const { token } = await plugin.current();
      return token === null ? {} : { authorization: `Bearer ${token}` };
    },
    async renew() {
      plugin.forget();
      await plugin.current();
      return true;
    },
  };
}

async function loadPair(pair: KubeContext["certificate"]): Promise<HttpOptions["clientCertificate"] | null> {
  if (!pair) return null;
  const [cert, key] = await Promise.all([load(pair.cert), load(pair.key)]);
  return { cert: cert ?? "", key: key ?? "" };
}

async function load(pem: Pem | null): Promise<string | null> {
  if (pem === null) return null;
  return "data" in pem ? pem.data : read(pem.file);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const { code = "unknown cause" } = error as { readonly code?: string };
  return refused(`${path} cannot be read (${code})`);
}

/** Two lines with the same print are the same line; nothing of it can be read back. */
export function printOf(line: LineOptions): string {
  const { authorize: _, ...rest } = line;
  return createHash("sha256").update(JSON.stringify(rest)).digest("hex");
}
