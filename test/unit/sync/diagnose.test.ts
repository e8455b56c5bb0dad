import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Probe } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import type { Check } from "../../../src/model/check.ts";
import { diagnose } from "../../../src/sync/diagnose.ts";
import { listenLow } from "../../support/low-port.ts";

const now = new Date("2026-03-02T10:00:00Z");
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((socket) => socket.end());
  url = `http://127.0.0.1:${await listenLow(server)}`;
});
afterAll(() => void server.close());

const well: Probe = { version: "3.1.0", missingRights: [], troubles: [], clockSkewMs: 40 };

function examine(probe: Probe | Error, at = url): Promise<Check[]> {
  const remote = { probe: () => (probe instanceof Error ? Promise.reject(probe) : Promise.resolve(probe)) };
  return diagnose({ url: at, remote }, now, AbortSignal.timeout(5_000));
}

const outcomes = (checks: readonly Check[]) => checks.map(({ subject, outcome }) => `${subject} ${outcome}`);

describe("diagnose", () => {
  it("finds nothing wrong where nothing is", async () => {
    const checks = await examine(well);
    expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
    expect(checks.map(({ subject }) => subject)).toEqual([
      "dns",
      "tcp",
      "tls",
      "answer",
      "auth",
      "right",
      "version",
      "health",
      "clock",
    ]);
  });

  it("gives each missing right a line with its name", async () => {
    const checks = await examine({ ...well, missingRights: ["can_read on DAGs", "can_read on DAG Runs"] });
    const rights = checks.filter(({ subject }) => subject === "right");
    expect(rights.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ["failed", "can_read on DAGs is missing"],
      ["failed", "can_read on DAG Runs is missing"],
    ]);
  });

  it("compares the clocks, and says when it cannot", async () => {
    const clockOf = async (clockSkewMs: number | null) => (await examine({ ...well, clockSkewMs })).at(-1);
    expect(await clockOf(-90_000)).toMatchObject({ outcome: "failed", detail: "1m 30s behind ours" });
    expect(await clockOf(4_000)).toMatchObject({ outcome: "ok" });
    expect(await clockOf(null)).toMatchObject({ outcome: "unknown" });
  });

  it("asks no further where the way ends", async () => {
    expect(outcomes(await examine(well, "http://127.0.0.1:1")).slice(0, 4)).toEqual([
      "dns ok",
      "tcp failed",
      "tls unknown",
      "answer unknown",
    ]);
    expect(outcomes(await examine(well, "http://nobody.invalid")).slice(0, 3)).toEqual([
      "dns failed",
      "tcp unknown",
      "tls unknown",
    ]);
  });

  it("tells a port that speaks no TLS", async () => {
    expect(outcomes(await examine(well, url.replace("http:", "https:"))).slice(0, 4)).toEqual([
      "dns ok",
      "tcp ok",
      "tls failed",
      "answer unknown",
    ]);
  });

  it("tells a refusal from an answer that makes no sense", async () => {
    const refused = await examine(new RemoteError("401 from the tool", { fault: "refused", passing: false }));
    expect(outcomes(refused).slice(3)).toEqual([
      "answer ok",
      "auth failed",
      "right unknown",
      "version unknown",
      "health unknown",
      "clock unknown",
    ]);
    const malformed = await examine(new RemoteError("an HTML page", { fault: "malformed", passing: false }));
    expect(outcomes(malformed).slice(3, 5)).toEqual(["answer failed", "auth unknown"]);
  });

  it("lets a bug be a bug", async () => {
    await expect(examine(new TypeError("oops"))).rejects.toThrow("oops");
  });
});
