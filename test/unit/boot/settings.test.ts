import { describe, expect, it } from "vitest";
import { readSettings } from "../../../src/boot/read-settings.ts";

function read(environment: Record<string, string>, files: Record<string, string> = {}) {
  return readSettings(environment, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`cannot read ${path}`);
    return text;
  });
}

describe("readSettings", () => {
  it("is safe when nothing is said", () => {
    const { settings, warnings } = read({});
    expect(warnings).toEqual([]);
    expect(settings).toMatchObject({
      databaseUrl: null,
      listen: { host: "127.0.0.1", port: 7171, loopback: true },
      metricsListen: { host: "127.0.0.1", port: 7172 },
      data: ".tutti",
      demo: "auto",
      behindProxy: false,
    });
  });

  it("tells all mistakes in one message", () => {
    const wrong = { TUTTI_LISTEN: "localhost", TUTTI_DEMO: "yes", TUTTI_LOG_LEVEL: "loud", DATABASE_URL: "mysql://x" };
    expect(() => read(wrong)).toThrow(
      [
        "DATABASE_URL: expected postgres://user:password@host:port/database",
        'TUTTI_LISTEN: expected host:port, such as 127.0.0.1:7171, found "localhost"',
        'TUTTI_DEMO: expected 0 or 1, found "yes"',
        'TUTTI_LOG_LEVEL: expected one of trace, debug, info, warn, error, silent, found "loud"',
      ].join("\n"),
    );
  });

  it("never shows a secret that is wrong", () => {
    expect(() => read({ DATABASE_URL: "hunter2" })).toThrow("DATABASE_URL: expected postgres://");
    expect(() => read({ DATABASE_URL: "hunter2" })).not.toThrow("hunter2");
  });

  it("reads the file that a twin names", () => {
    const { settings } = read({ DATABASE_URL_FILE: "/run/url" }, { "/run/url": "postgres://u:p@db/tutti\n" });
    expect(settings.databaseUrl).toBe("postgres://u:p@db/tutti");
  });

  it("names the file it cannot read", () => {
    expect(() => readSettings({ DATABASE_URL_FILE: "/nowhere/token" })).toThrow(
      "DATABASE_URL: cannot read /nowhere/token: ENOENT",
    );
  });

  it("refuses a setting and its twin together", () => {
    expect(() => read({ TUTTI_DEMO: "1", TUTTI_DEMO_FILE: "/x" }, { "/x": "1" })).toThrow(
      "TUTTI_DEMO: is set twice; keep TUTTI_DEMO or TUTTI_DEMO_FILE",
    );
  });

  it("warns of an unknown variable and suggests one", () => {
    const { warnings } = read({
      TUTTI_LISTN: ":1",
      TUTTI_URL: "http://x",
      TUTTI_TOKEN_FILE: "/x",
      TUTTI_WHATEVER_THIS: "1",
    });
    expect(warnings).toEqual([
      "TUTTI_LISTN is no setting of ours; did you mean TUTTI_LISTEN?",
      "TUTTI_WHATEVER_THIS is no setting of ours",
    ]);
  });
});

describe("listening beyond this machine", () => {
  it.each(["0.0.0.0:7171", ":7171", "10.0.0.5:80", "[::]:7171", "tutti.example.com:443"])(
    "is refused for %s",
    (listen) => {
      expect(() => read({ TUTTI_LISTEN: listen })).toThrow("TUTTI_BEHIND_PROXY=1");
      expect(() => read({ TUTTI_METRICS_LISTEN: listen })).toThrow("can be reached from outside");
      expect(read({ TUTTI_LISTEN: listen, TUTTI_BEHIND_PROXY: "1" }).settings.listen.loopback).toBe(false);
    },
  );

  it.each(["127.0.0.1:1", "127.8.0.1:1", "localhost:7171", "[::1]:7171"])("is not meant by %s", (listen) => {
    expect(read({ TUTTI_LISTEN: listen }).settings.listen.loopback).toBe(true);
  });
});
