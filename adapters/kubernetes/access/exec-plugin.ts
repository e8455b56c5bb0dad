/**
 * Credentials from a command (`aws eks get-token`, `gke-gcloud-auth-plugin`), kept until a minute before they expire.
 *
 * All who need new ones share one run of it. What it prints on its error output may be shown, for that is where it says
 * what is wrong; what it prints on its output never is.
 */
import { execFile } from "node:child_process";
import { z } from "zod";
import type { ExecPlugin } from "./kubeconfig.ts";
import { refused } from "./refused.ts";

export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: { readonly cert: string; readonly key: string } | null;
  readonly expiresAt: Date | null;
}

const answer = z.object({
  kind: z.literal("ExecCredential"),
  status: z.object({
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().min(1).optional(),
    clientKeyData: z.string().min(1).optional(),
    expirationTimestamp: z.coerce.date().optional(),
  }),
});

const TIMEOUT_MS = 30_000;
const EARLY_MS = 60_000;
const MAX_BYTES = 1024 * 1024;
const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

export interface ExecCredentials {
  current(): Promise<ExecCredential>;
  /** Throws away what is held. */
  forget(): void;
}

export interface ExecContext {
  readonly plugin: ExecPlugin;
  readonly cluster: { readonly server: string; readonly ca: string | null };
  readonly now: () => Date;
  readonly timeoutMs?: number;
}

export function execCredentials(context: ExecContext): ExecCredentials {
  let held: ExecCredential | null = null;
  let running: Promise<ExecCredential> | null = null;

  async function fetch(): Promise<ExecCredential> {
    held = readAnswer(await run(context), context.plugin);
    return held;
  }

  return {
    async current() {
      const expired = held?.expiresAt && held.expiresAt.getTime() - EARLY_MS <= context.now().getTime();
      if (held && !expired) return held;
      running ??= fetch().finally(() => {
        running = null;
      });
      return running;
    },
    forget() {
      held = null;
    },
  };
}

function run({ plugin, cluster, timeoutMs = TIMEOUT_MS }: ExecContext): Promise<string> {
  const apiVersion = plugin.apiVersion ?? VERSIONS[0];
  if (!VERSIONS.includes(apiVersion ?? ""))
    throw refused(`the plugin ${plugin.command} speaks ${apiVersion}, which nobody does any more`);
  if (plugin.interactiveMode === "Always")
    throw refused(`the plugin ${plugin.command} wants to talk to a person, and there is none here`);
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false, ...clusterInfo(plugin, cluster) } };
  const variables = (plugin.env ?? []).map(({ name, value }) => `${name}=${value}`);
  // `env` adds to our own environment, in which such plugins look for their account.
  const args = [...variables, `KUBERNETES_EXEC_INFO=${JSON.stringify(info)}`, plugin.command, ...(plugin.args ?? [])];
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, maxBuffer: MAX_BYTES, killSignal: "SIGKILL" } as const;
    execFile("/usr/bin/env", args, options, (error, stdout, stderr) => {
      if (error) reject(failed(plugin, error, stderr, timeoutMs));
      else resolve(stdout);
    });
  });
}

function clusterInfo({ provideClusterInfo }: ExecPlugin, { server, ca }: ExecContext["cluster"]) {
  if (!provideClusterInfo) return {};
  const data = ca === null ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  return { cluster: { server, ...data } };
}

/** What `env` answers when there is no such command. */
const NOT_FOUND = 127;

function failed({ command, installHint }: ExecPlugin, error: Error, stderr: string, timeoutMs: number) {
  const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean };
  const hint = installHint ? ` (${installHint.trim()})` : "";
  if (code === NOT_FOUND) return refused(`the plugin ${command} is not installed where we run${hint}`);
  if (killed) return refused(`the plugin ${command} did not answer within ${timeoutMs} ms`);
  const said = stderr.trim().split("\n").slice(-3).join(" ").slice(0, 300);
  return refused(
    `the plugin ${command} failed${typeof code === "number" ? ` with ${code}` : ""}: ${said || "it said nothing"}`,
  );
}

function readAnswer(text: string, { command }: ExecPlugin): ExecCredential {
  const read = answer.safeParse(parseJson(text));
  if (!read.success) throw refused(`the plugin ${command} answered with no ExecCredential`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = read.data.status;
  if (!token && !(cert && key)) throw refused(`the plugin ${command} answered with neither a token nor a certificate`);
  const certificate = cert && key ? { cert, key } : null;
  return { token: token ?? null, certificate, expiresAt: expirationTimestamp ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
