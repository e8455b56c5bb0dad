/** Every setting of the process. Each has a `_FILE` twin that names a file to read it from. */
import { type Address, readAddress } from "./address.ts";
import { refuse } from "./refusal.ts";

export interface Settings {
  /** Null means the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly listen: Address;
  readonly metricsListen: Address;
  /** Where people open it, when that is not where it listens. */
  readonly publicUrl: string | null;
  readonly behindProxy: boolean;
  readonly data: string;
  readonly documents: string | null;
  readonly demo: "auto" | "off" | "on";
  readonly logLevel: LogLevel;
  readonly logFormat: "auto" | "json" | "pretty";
}

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export interface Setting<Value> {
  readonly name: string;
  /** As a person would write it; empty where absence itself means something. */
  readonly byDefault: string;
  readonly describe: string;
  /** Its value never shows, not even in a message about it. */
  readonly secret?: true;
  read(text: string): Value;
}

type Table = { readonly [Key in keyof Settings]: Setting<Settings[Key]> };

/** The README's table is written from this one. */
export const SETTINGS: Table = {
  databaseUrl: {
    name: "DATABASE_URL",
    byDefault: "",
    describe:
      "PostgreSQL 15 or later, `postgres://user:password@host/database`. Absent: an embedded one in `TUTTI_DATA`.",
    secret: true,
    read: (text) => orNull(text, postgresUrl),
  },
  listen: {
    name: "TUTTI_LISTEN",
    byDefault: "127.0.0.1:7171",
    describe: "Where console and API listen. Another address than loopback needs `TUTTI_BEHIND_PROXY=1`.",
    read: readAddress,
  },
  metricsListen: {
    name: "TUTTI_METRICS_LISTEN",
    byDefault: "127.0.0.1:7172",
    describe: "Where `/metrics` listens, for Prometheus alone.",
    read: readAddress,
  },
  publicUrl: {
    name: "TUTTI_PUBLIC_URL",
    byDefault: "",
    describe: "How people reach the console, when a proxy stands before it: `https://tutti.example.com`.",
    read: (text) => orNull(text, httpUrl),
  },
  behindProxy: {
    name: "TUTTI_BEHIND_PROXY",
    byDefault: "0",
    describe: "`1` says that a proxy of yours speaks TLS to the world, and allows to listen beyond loopback.",
    read: flag,
  },
  data: {
    name: "TUTTI_DATA",
    byDefault: ".tutti",
    describe: "The folder of the embedded database and of `admin.token`.",
    read: (text) => (text === "" ? refuse("expected a folder") : text),
  },
  documents: {
    name: "TUTTI_DOCUMENTS",
    byDefault: "",
    describe: "A folder of YAML documents, applied at every start.",
    read: (text) => orNull(text, (folder) => folder),
  },
  demo: {
    name: "TUTTI_DEMO",
    byDefault: "",
    describe: "`1` starts the demo fleet, `0` never does. Absent: it starts when no source is connected.",
    read: (text) => (text === "" ? "auto" : flag(text) ? "on" : "off"),
  },
  logLevel: {
    name: "TUTTI_LOG_LEVEL",
    byDefault: "info",
    describe: "`trace`, `debug`, `info`, `warn`, `error` or `silent`.",
    read: (text) => oneOf(LOG_LEVELS, text),
  },
  logFormat: {
    name: "TUTTI_LOG_FORMAT",
    byDefault: "auto",
    describe: "`json`, `pretty`, or `auto`: pretty at a terminal.",
    read: (text) => oneOf(["auto", "json", "pretty"] as const, text),
  },
};

function orNull<Value>(text: string, read: (text: string) => Value): Value | null {
  return text === "" ? null : read(text);
}

function flag(text: string): boolean {
  if (text === "0" || text === "1") return text === "1";
  return refuse("expected 0 or 1");
}

function oneOf<Word extends string>(words: readonly Word[], text: string): Word {
  return words.find((word) => word === text) ?? refuse(`expected one of ${words.join(", ")}`);
}

function postgresUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text;
  return refuse("expected postgres://user:password@host:port/database");
}

function httpUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/$/, "");
  return refuse("expected an http or https URL");
}
