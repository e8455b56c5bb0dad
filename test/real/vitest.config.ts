/** `npm run test:real`: apart from the other projects, for it installs what it tests and takes its time. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "real",
    include: ["test/real/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 900_000,
    // Two cores, and each tool brings several processes of its own.
    fileParallelism: false,
    reporters: ["default", "./test/real/tool-reporter.ts"],
  },
});
