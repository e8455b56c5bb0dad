/** Reads a kubeconfig as kubectl does, as far as a service needs it; what it would have to guess at is refused. */
import { dirname, isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { refused } from "./refused.ts";

const cluster = z.object({
  server: z.string().min(1),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().optional(),
});

const plugin = z.object({
  apiVersion: z.string().nullish(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string().min(1), value: z.string() })).nullish(),
  installHint: z.string().nullish(),
  interactiveMode: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
});

const user = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  username: z.string().optional(),
  "auth-provider": z.unknown().optional(),
  exec: plugin.nullish(),
});

const document = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster })),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })).nullish(),
});

export type ExecPlugin = z.infer<typeof plugin>;

/** PEM as it stands, or the file in which it does. */
export type Pem = { readonly data: string } | { readonly file: string };

export interface KubeContext {
  readonly context: string;
  readonly server: string;
  readonly ca: Pem | null;
  readonly servername: string | null;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly certificate: { readonly cert: Pem; readonly key: Pem } | null;
  readonly exec: ExecPlugin | null;
}

export function readKubeconfig(text: string, file: string, wanted?: string): KubeContext {
  const config = readDocument(text, file);
  const name = wanted ?? config["current-context"];
  if (!name) throw refused(`${file} has no current context; name one in \`context\``);
  const context = pick(config.contexts, name, "context", file).context;
  const { cluster: its } = pick(config.clusters, context.cluster, "cluster", file);
  const who = config.users?.find((entry) => entry.name === context.user)?.user ?? {};
  const objection = objectionTo(its, who);
  if (objection !== null) throw refused(`the context ${name} of ${file} ${objection}`);
  return {
    context: name,
    server: its.server,
    ca: pem(file, its["certificate-authority-data"], its["certificate-authority"]),
    servername: its["tls-server-name"] ?? null,
    token: who.token || null,
    tokenFile: who.tokenFile ? besides(file, who.tokenFile) : null,
    certificate: certificateOf(file, who),
    exec: who.exec ?? null,
  };
}

function readDocument(text: string, file: string): z.infer<typeof document> {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch {
    // The parser quotes the line, and the line may be a token.
    throw refused(`${file} is no YAML`);
  }
  const read = document.safeParse(raw);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refused(`${file} is no kubeconfig: ${issue?.path.join(".")}: ${issue?.message}`);
}

function pick<T extends { readonly name: string }>(entries: readonly T[], name: string, kind: string, file: string): T {
  const found = entries.find((entry) => entry.name === name);
  if (found) return found;
  const known = entries.map((entry) => entry.name).join(", ") || "none";
  throw refused(`${file} has no ${kind} "${name}"; it has ${known}`);
}

function objectionTo(its: z.infer<typeof cluster>, who: z.infer<typeof user>): string | null {
  if (its["insecure-skip-tls-verify"])
    return "switches off the check of the server's certificate (insecure-skip-tls-verify); name its authority instead";
  if (its["proxy-url"]) return "goes through a proxy (proxy-url), which is not supported";
  if (who.username !== undefined) return "logs in with a password, which Kubernetes gave up in 1.19; use a token";
  if (who["auth-provider"] !== undefined) return "uses an auth-provider, which kubectl gave up in 1.26; use exec";
  return null;
}

function certificateOf(file: string, who: z.infer<typeof user>): KubeContext["certificate"] {
  const cert = pem(file, who["client-certificate-data"], who["client-certificate"]);
  const key = pem(file, who["client-key-data"], who["client-key"]);
  return cert && key ? { cert, key } : null;
}

/** Data wins over a file, as in kubectl. */
function pem(file: string, data: string | undefined, path: string | undefined): Pem | null {
  if (data) return { data: Buffer.from(data, "base64").toString("utf8") };
  return path ? { file: besides(file, path) } : null;
}

function besides(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}
