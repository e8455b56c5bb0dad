/** How is it over there? */
import assert from "node:assert/strict";
import type { QuestionGroup } from "./question.ts";
import { readAll } from "./reading.ts";

const never = new AbortController().signal;

const SKEW_MS = -40 * 60_000;

export const probing: QuestionGroup = {
  title: "a probe",
  questions: [
    {
      title: "tells the version, and that no right is missing",
      async ask({ remote }) {
        const { version, missingRights } = await remote.probe(never);
        assert.ok(version.length > 0);
        assert.deepEqual(missingRights, []);
      },
    },
    {
      title: "tells how far apart the clocks are",
      async ask({ remote }) {
        const { clockSkewMs } = await remote.probe(never);
        if (clockSkewMs === null) return;
        assert.ok(Math.abs(clockSkewMs - SKEW_MS) < 10_000, `told ${clockSkewMs} ms, it is ${SKEW_MS} ms`);
      },
    },
    {
      title: "changes nothing over there",
      async ask({ remote, proxy }) {
        await remote.probe(never);
        await readAll(remote.jobs(never));
        for (const { method } of proxy.seen) assert.ok(["GET", "POST"].includes(method), method);
      },
    },
    {
      title: "connects without a request",
      async ask({ connect, proxy }) {
        connect();
        assert.equal(proxy.seen.length, 0);
      },
    },
  ],
};
