import { afterEach, describe, expect, it } from "vitest";
import type { Check } from "../../../src/model/check.ts";
import { ADMIN, type TestApi, testApi } from "../../support/test-api.ts";

const QUERY = "query ($name: String!) { checkSource(name: $name) { subject outcome detail advice } }";

let api: TestApi | null = null;
afterEach(() => api?.close());

describe("checkSource", () => {
  it("says that there is no such source, compiled or not", async () => {
    api = await testApi();
    // Compiled from the second time on, which makes errors of another make.
    for (let times = 0; times < 3; times += 1) {
      const { errors } = await api.ask(QUERY, { name: "nobody" });
      expect(errors?.[0]).toMatchObject({ message: 'there is no source "nobody"', extensions: { code: "NOT_FOUND" } });
    }
  });

  it("is not for those who only read", async () => {
    const examined: string[] = [];
    const examine = async (name: string): Promise<readonly Check[]> => {
      examined.push(name);
      return [];
    };
    api = await testApi({ deps: { examine } });
    api.holders.set(ADMIN, { name: "vera", role: "viewer" });
    const { errors } = await api.ask(QUERY, { name: "nobody" });
    expect(errors?.[0]?.extensions.code).toBe("NOT_ALLOWED");
    expect(examined).toEqual([]);
  });
});
