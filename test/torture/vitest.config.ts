/** `npm run torture`: the kills as often as they were promised, where the integration tests are content with a few. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "torture",
    include: ["test/integration/torture/**/*.test.ts"],
    env: { TUTTI_TORTURE_KILLS: "20" },
    hookTimeout: 120_000,
    testTimeout: 60_000,
    globalSetup: "test/support/postgres-for-tests.ts",
    fileParallelism: false,
  },
});
