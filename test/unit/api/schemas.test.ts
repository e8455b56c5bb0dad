import { afterEach, describe, expect, it } from "vitest";
import { type TestApi, testApi } from "../../support/test-api.ts";

let api: TestApi | null = null;
afterEach(() => api?.close());

describe("/schemas", () => {
  it("gives an editor the schema of a source", async () => {
    api = await testApi();
    const reply = await api.app.inject("/schemas/source.v1.json");
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ title: "Source" });
  });

  it.each(["nothing.json", "schema.graphql", "..%2fpackage.json", "%2e%2e%2fREADME.md", "__proto__"])(
    "gives nothing for %s",
    async (name) => {
      api = await testApi();
      expect((await api.app.inject(`/schemas/${name}`)).statusCode).toBe(404);
    },
  );
});
