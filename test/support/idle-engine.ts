/** Nothing is asked of any tool: for tests and measurements of what only reads. */
import type { ApiDeps } from "../../src/api/api-deps.ts";

const nothing = () => Promise.reject(new Error("nobody acts here"));

export const idleEngine: Pick<ApiDeps, "acting" | "peek"> = {
  acting: { start: nothing, retry: nothing, cancel: nothing, pause: nothing, resume: nothing, resolve: nothing },
  peek: { log: nothing, outputs: nothing, parts: nothing },
};
