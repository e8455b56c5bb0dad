/** What a person reads when the house is ready: where to go, how to get in, and what they are looking at. */
import { printDuration } from "../lib/duration.ts";
import type { AdminToken } from "./first-run.ts";

export interface Ready {
  readonly version: string;
  readonly tookMs: number;
  /** Null where this process serves no API. */
  readonly api: { readonly url: string; readonly signIn: string; readonly admin: AdminToken } | null;
  readonly metricsUrl: string;
  readonly demo: boolean;
  /** What turned out other than asked for, such as another port. */
  readonly remarks: readonly string[];
}

export function printBanner({ version, tookMs, api, metricsUrl, demo, remarks }: Ready): string {
  const lines = [`Tutti ${version} is ready after ${printDuration(tookMs)}.`, ""];
  if (api) {
    lines.push(`  console   ${api.url}`);
    lines.push(`  sign in   ${api.signIn}`, "            (works once, within 15 minutes)");
  }
  lines.push(`  metrics   ${metricsUrl}/metrics`);
  if (api) lines.push(...tokenLines(api.admin));
  if (demo) lines.push("  fleet     a demo; declare a source of your own and it makes room");
  if (api) lines.push("", "Next: tutti get sources, or tutti get runs --state failed");
  return [...lines, ...remarks.map((remark) => `Note: ${remark}`), ""].map((line) => `${line}\n`).join("");
}

function tokenLines({ fresh, path }: AdminToken): string[] {
  if (fresh === null) return [`  token     in ${path}`];
  return [`  token     ${fresh}`, `            (the admin's; shown this once, kept in ${path})`];
}
