import { describe, expect, it } from "vitest";
import { createStack } from "../../../src/boot/stack.ts";
import { silentLog } from "../../../src/telemetry/log.ts";

describe("a stack", () => {
  it("stops in the opposite order", async () => {
    const [stack, stopped] = [createStack(silentLog), [] as string[]];
    for (const name of ["database", "store", "api"]) stack.add(name, async () => stopped.push(name));
    await stack.stop();
    expect(stopped).toEqual(["api", "store", "database"]);
  });

  it("goes on past one that cannot stop", async () => {
    const [stack, stopped] = [createStack(silentLog), [] as string[]];
    stack.add("database", async () => stopped.push("database"));
    stack.add("api", () => Promise.reject(new Error("stuck")));
    await stack.stop();
    expect(stopped).toEqual(["database"]);
  });

  it("stops each once, however often it is asked", async () => {
    const [stack, stopped] = [createStack(silentLog), [] as string[]];
    stack.add("api", async () => stopped.push("api"));
    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    expect(stopped).toEqual(["api"]);
  });
});
