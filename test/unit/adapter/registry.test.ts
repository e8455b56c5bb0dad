import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Adapter, Remote } from "../../../src/adapter/contract.ts";
import { createRegistry } from "../../../src/adapter/registry.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { InputError } from "../../../src/lib/input-error.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";

const config = z.strictObject({ url: z.url(), retries: z.array(z.number()).default([]) });
const connected: unknown[] = [];

function adapterOf(kind: string): Adapter<z.infer<typeof config>> {
  return {
    kind,
    title: kind,
    config,
    handOff: "blind",
    visibleWithinMs: 0,
    address: ({ url }) => url,
    connect(given) {
      connected.push(given);
      return {} as Remote;
    },
  };
}

const registry = createRegistry([adapterOf("airflow"), adapterOf("cron")]);
const deps = {
  source: "one",
  clock: systemClock,
  log: silentLog,
  metrics: createMetrics(),
  secrets: createSecrets({ env: {} }),
};

describe("a registry", () => {
  it("knows its kinds", () => {
    expect(registry.kinds).toEqual(["airflow", "cron"]);
  });

  it("suggests the kind that was meant", () => {
    expect(() => registry.get("airflwo")).toThrow('no adapter "airflwo"; did you mean "airflow"?');
  });

  it("lists the kinds when none is near", () => {
    expect(() => registry.get("kubernetes")).toThrow('no adapter "kubernetes"; expected one of airflow, cron');
  });

  it("connects with the config as its schema reads it", () => {
    registry.connect("cron", { url: "https://host" }, deps);
    expect(connected.at(-1)).toEqual({ url: "https://host", retries: [] });
  });

  it("tells every mistake with its path", () => {
    expect(registry.mistakes("airflow", { ulr: "x", retries: [1, "two"] })).toEqual([
      { path: ["url"], message: expect.stringContaining("expected string") as string },
      { path: ["retries", 1], message: expect.stringContaining("expected number") as string },
      { path: ["ulr"], message: 'no such setting; did you mean "url"?' },
    ]);
  });

  it("refuses to connect with all mistakes in one message", () => {
    const connect = () => registry.connect("airflow", { retries: ["two"] }, deps);
    expect(connect).toThrow(InputError);
    expect(connect).toThrow(/^config\.url: .*; config\.retries\[0\]: /);
  });

  it("says where people open the tool", () => {
    expect(registry.address("airflow", { url: "https://host" })).toBe("https://host");
  });
});
