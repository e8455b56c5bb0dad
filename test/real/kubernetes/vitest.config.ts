import { defineConfig } from "vitest/config";

// By name, and in no project: it wants a cluster.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({ test: { include: ["test/real/kubernetes/*.test.ts"], testTimeout: 60_000 } });
