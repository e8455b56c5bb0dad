/** All the API is given. It reads no environment, keeps no clock and holds no SQL. */
import type { Acting } from "../engine/acting.ts";
import type { Peek } from "../engine/peek.ts";
import type { Governance } from "../governance/governance.ts";
import type { Clock } from "../lib/clock.ts";
import type { Service } from "../lib/service.ts";
import type { Change } from "../model/change.ts";
import type { Check } from "../model/check.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Reader } from "../store/read/reader.ts";

export interface ApiDeps {
  readonly reader: Reader;
  /** Examines the connection to the source of this name, over the network and with its secrets. */
  readonly examine: (source: string) => Promise<readonly Check[]>;
  /** What can be asked of the tools, and what they show of a run. */
  readonly acting: Acting;
  readonly peek: Peek;
  readonly governance: Governance;
  /** Makes the service that hears of changes; it runs as long as the app. */
  readonly changes: (listener: ChangeListener) => Service;
  /** What must hold before requests are sent here. Each throws, or answers false, when it does not. */
  readonly readiness: Readonly<Record<string, () => Promise<boolean>>>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly settings: ApiSettings;
}

export interface ChangeListener {
  readonly onChange: (change: Change) => void;
  /** Something may have been missed. */
  readonly onGap: () => void;
}

export interface ApiSettings {
  /** Compiles queries that are asked again. */
  readonly jit: boolean;
  readonly introspection: boolean;
  /** Names a request may call us by, without port; null takes any, for use behind a proxy that checks them. */
  readonly hosts: readonly string[] | null;
  /** People reach us over TLS, so that cookies are sent over nothing else. */
  readonly secureCookies: boolean;
  /** Where the built console lies. */
  readonly consoleFolder: string;
  /** Where the JSON Schemas of the documents lie. */
  readonly schemasFolder: string;
  /** A subscriber whose message does not leave for this long is let go. */
  readonly stuckAfterMs: number;
  /** How long an answer of `authenticate` is trusted, and how often subscribers are asked for theirs anew. */
  readonly trustMs: number;
}

export const DEFAULT_API_SETTINGS: ApiSettings = {
  jit: true,
  introspection: true,
  hosts: ["127.0.0.1", "localhost", "[::1]"],
  secureCookies: false,
  consoleFolder: "dist/console",
  schemasFolder: "schemas",
  stuckAfterMs: 10_000,
  trustMs: 3_000,
};
