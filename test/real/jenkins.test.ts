/**
 * The story of a job on a real Jenkins, for whoever has one: TUTTI_REAL_JENKINS_URL, and _USER and _TOKEN of somebody
 * who may create and delete jobs. It makes one freestyle job of its own, and takes it away again.
 */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jenkins } from "../../adapters/jenkins/index.ts";
import type { Remote } from "../../src/adapter/contract.ts";
import { createHost } from "../../src/adapter/host.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import type { Acting } from "../contract/jenkins/stage.ts";
import { tellStory } from "../contract/jenkins/story.ts";

const {
  TUTTI_REAL_JENKINS_URL: url,
  TUTTI_REAL_JENKINS_USER: username = "",
  TUTTI_REAL_JENKINS_TOKEN: token = "",
} = process.env;

const stem = `tutti-story-${Date.now()}`;

const CONFIG = `<?xml version='1.1' encoding='UTF-8'?>
<project>
  <properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>
    <hudson.model.StringParameterDefinition><name>TUTTI_KEY</name><defaultValue></defaultValue></hudson.model.StringParameterDefinition>
    <hudson.model.StringParameterDefinition><name>date</name><defaultValue>today</defaultValue></hudson.model.StringParameterDefinition>
  </parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties>
  <triggers><hudson.triggers.TimerTrigger><spec>H H 1 1 *</spec></hudson.triggers.TimerTrigger></triggers>
  <builders><hudson.tasks.Shell><command>echo "the date is $date"; sleep 8</command></hudson.tasks.Shell></builders>
</project>`;

function call(path: string, init: RequestInit): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${username}:${token}`).toString("base64")}`;
  return fetch(`${url?.replace(/\/+$/, "")}${path}`, {
    ...init,
    redirect: "manual",
    headers: { authorization, ...init.headers },
  });
}

describe.skipIf(url === undefined)("a real Jenkins", () => {
  let remote: Remote & Acting;

  beforeAll(async () => {
    const created = await call(`/createItem?name=${stem}`, {
      method: "POST",
      headers: { "content-type": "application/xml" },
      body: CONFIG,
    });
    expect(created.status).toBeLessThan(400);
    const host = createHost({
      source: "jenkins-real",
      clock: systemClock,
      log: createLog({ level: "error", pretty: false }),
      metrics: createMetrics(),
      secrets: createSecrets({ env: { JENKINS_TOKEN: token } }),
    });
    const config = jenkins.config.parse({ url, auth: { kind: "token", username, token: "env:JENKINS_TOKEN" } });
    remote = jenkins.connect(config, host) as Remote & Acting;
  });

  afterAll(async () => {
    await call(`/job/${stem}/doDelete`, { method: "POST" });
    await remote?.close?.();
  });

  it("tells the same story as the sandbox", { timeout: 300_000 }, async () => {
    await tellStory({
      remote,
      jobId: stem,
      stem,
      now: () => new Date(),
      async until(ask) {
        for (let tries = 0; tries < 240; tries += 1) {
          const answer = await ask();
          if (answer !== null) return answer;
          await wait(500);
        }
        throw new Error("two minutes passed, and nothing came");
      },
    });
  });
});
