/** What must not be printed is not printed, however the remote behaves. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Remote } from "../contract.ts";
import type { Interference } from "./fault-proxy.ts";
import { givenRun } from "./given.ts";
import { echo, reset, status, text, truncated } from "./interference.ts";
import type { QuestionGroup } from "./question.ts";
import { faultOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

const TROUBLES = [
  status(401),
  status(403),
  status(500),
  reset,
  truncated,
  text("garbage"),
  echo(400, "application/json"),
  echo(401, "text/plain"),
  echo(500, "text/html"),
  echo(200, "application/json"),
  echo(200, "text/html"),
  echo(302, "text/plain"),
];

/** Everything about an error that some log, some API or some person may come to see. */
function everythingSaidBy(error: unknown): string {
  const own = error instanceof Error ? `${error.message} ${error.stack} ${everythingSaidBy(error.cause)}` : "";
  return `${own} ${inspect(error, { depth: 12, showHidden: true })} ${JSON.stringify(error)}`;
}

/** The secrets, the forms they travel in, and whatever was sent as authorization. */
function mustNotShow({ env, proxy }: Stage): string[] {
  const values = Object.values(env);
  const sent = proxy.seen.map(({ headers }) => headers.authorization ?? "");
  const tokens = sent.map((header) => header.replace(/^\w+\s+/, ""));
  return [...new Set([...values, ...values.map((value) => Buffer.from(value).toString("base64")), ...tokens])].filter(
    (form) => form.length > 3,
  );
}

function assertSilent(stage: Stage, said: string): void {
  for (const form of mustNotShow(stage)) {
    const at = said.indexOf(form);
    // The secret itself has no place in the failure of this very question.
    assert.ok(at < 0, `a secret shows after "${said.slice(Math.max(0, at - 80), at)}"`);
  }
}

type Reading = (remote: Remote) => Promise<unknown>;

async function readings(stage: Stage): Promise<readonly Reading[]> {
  const run = await givenRun(stage);
  return [
    (remote) => remote.probe(never),
    (remote) => readAll(remote.jobs(never)),
    (remote) => readAll(remote.runs(stage.now(), never)),
    (remote) => remote.observe([run], never),
  ];
}

async function saidInTrouble({ proxy }: Stage, remote: Remote, read: Reading, how: Interference): Promise<string> {
  proxy.interfere(how);
  try {
    await read(remote);
    return "";
  } catch (error) {
    return everythingSaidBy(error);
  } finally {
    proxy.mend();
  }
}

export const secrecy: QuestionGroup = {
  title: "a secret",
  questions: [
    {
      title: "never shows in an error or a log",
      async ask(stage) {
        for (const read of await readings(stage))
          for (const how of TROUBLES) {
            assertSilent(stage, await saidInTrouble(stage, stage.connect(), read, how));
            // Once more where the secret is in use: the first request of all may do without it.
            const remote = stage.connect();
            await read(remote);
            assertSilent(stage, await saidInTrouble(stage, remote, read, how));
          }
        assertSilent(stage, stage.printed());
      },
    },
    {
      title: "that is wrong is refused, and not shown either",
      async ask(stage) {
        const names = Object.keys(stage.env);
        if (names.length === 0) return;
        for (const name of names) stage.env[name] = `wrong-canary-${name}`;
        const error = await faultOf(() => readAll(stage.remote.jobs(never)));
        assert.equal(error.fault, "refused");
        assertSilent(stage, `${everythingSaidBy(error)} ${stage.printed()}`);
      },
    },
    {
      title: "that is rotated is seen without a restart",
      async ask(stage) {
        const right = { ...stage.env };
        if (Object.keys(right).length === 0) return;
        for (const name of Object.keys(right)) stage.env[name] = `wrong-canary-${name}`;
        await faultOf(() => readAll(stage.remote.jobs(never)));
        Object.assign(stage.env, right);
        assert.equal((await readAll(stage.remote.jobs(never))).items.length, 3);
      },
    },
  ],
};
