import { defineConfig } from "vitest/config";

/** Four kinds of test, cheapest first, and what each must find made. `torture` and `bench` are programs of their own. */
const kinds = {
  unit: [],
  contract: [],
  integration: ["test/support/postgres-for-tests.ts"],
  e2e: ["test/support/program-for-tests.ts"],
};

export default defineConfig({
  test: {
    projects: Object.entries(kinds).map(([kind, globalSetup]) => ({
      // Vite would take graphql's ES modules for our imports while mercurius requires its CommonJS: two libraries in one
      // process, each of which refuses the other's schema. Node itself gives both the same one.
      resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
      test: {
        name: kind,
        include: [`test/${kind}/**/*.test.ts`],
        testTimeout: kind === "unit" ? 20_000 : 60_000,
        hookTimeout: 120_000,
        globalSetup,
      },
    })),
    // Two cores: more workers only make the integration tests wait for each other.
    maxWorkers: 2,
  },
});
