/** Each way in which a remote fails becomes the fault that it is. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Fault } from "../../model/fault.ts";
import type { Remote } from "../contract.ts";
import { freePort } from "../free-port.ts";
import type { Limits } from "../http/limits.ts";
import { givenRun } from "./given.ts";
import type { Interference } from "./fault-proxy.ts";
import { endless, hang, reset, slow, status, text, truncated } from "./interference.ts";
import type { Question, QuestionGroup } from "./question.ts";
import { faultOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

interface Case {
  readonly what: string;
  readonly how: Interference;
  readonly fault: Fault;
  readonly passing: boolean;
  readonly limits?: Partial<Limits>;
  /** "No such run" is an answer, and no failure. */
  readonly answersObserve?: true;
}

const HURRIED: Partial<Limits> = { longestTimeoutMs: 400, attempts: 1 };

const NESTED = `{"a":${"[".repeat(6_000)}${"]".repeat(6_000)}}`;

const CASES: readonly Case[] = [
  { what: "a 400", how: status(400), fault: "malformed", passing: false },
  { what: "a 401", how: status(401), fault: "refused", passing: false },
  { what: "a 403", how: status(403), fault: "refused", passing: false },
  { what: "a 404", how: status(404), fault: "missing", passing: false, answersObserve: true },
  { what: "a 409", how: status(409), fault: "conflict", passing: false },
  { what: "a 429", how: status(429, { "retry-after": "7" }), fault: "busy", passing: true },
  { what: "a 500", how: status(500), fault: "busy", passing: true },
  { what: "a 503", how: status(503), fault: "busy", passing: true },
  { what: "an HTML page with a 200", how: text("<html>Sign in</html>", "text/html"), fault: "refused", passing: false },
  { what: "garbage", how: text("}{ certainly not"), fault: "malformed", passing: false },
  { what: "another content type", how: text("<ok/>", "application/xml"), fault: "malformed", passing: false },
  { what: "JSON of another shape", how: text("[42]"), fault: "malformed", passing: false },
  { what: "JSON nested 6,000 deep", how: text(NESTED), fault: "malformed", passing: false },
  { what: "bytes that are no UTF-8", how: text(Buffer.from([34, 0xff, 34])), fault: "malformed", passing: false },
  { what: "a truncated body", how: truncated, fault: "malformed", passing: true },
  { what: "an endless body", how: endless, fault: "malformed", passing: false },
  { what: "a byte now and then", how: slow, fault: "unreachable", passing: true, limits: HURRIED },
  { what: "silence", how: hang, fault: "unreachable", passing: true, limits: HURRIED },
  { what: "a cut connection", how: reset, fault: "unreachable", passing: true },
];

/** The questions a sync asks, each on a connection of its own. */
async function readings(
  stage: Stage,
  { answersObserve }: Case,
): Promise<readonly ((remote: Remote) => Promise<unknown>)[]> {
  const run = await givenRun(stage);
  return [
    (remote) => readAll(remote.jobs(never)),
    (remote) => readAll(remote.runs(stage.now(), never)),
    (remote) => readAll(remote.open(never)),
    ...(answersObserve ? [] : [(remote: Remote) => remote.observe([run], never)]),
  ];
}

function becomes(one: Case): Question {
  return {
    title: `${one.what} is ${one.fault}${one.passing ? ", and passing" : ""}`,
    async ask(stage) {
      for (const read of await readings(stage, one)) {
        const remote = stage.connect(one.limits);
        stage.proxy.interfere(one.how);
        const error = await faultOf(() => read(remote));
        stage.proxy.mend();
        assert.equal(error.fault, one.fault, error.message);
        assert.equal(error.passing, one.passing, error.message);
      }
    },
  };
}

export const faults: QuestionGroup = {
  title: "a fault",
  questions: [
    ...CASES.map(becomes),
    {
      title: "that says when to come back is told so",
      async ask({ remote, proxy }) {
        proxy.interfere(status(429, { "retry-after": "7" }));
        assert.equal((await faultOf(() => readAll(remote.jobs(never)))).retryAfterMs, 7_000);
      },
    },
    {
      title: "that passes is survived by asking again",
      async ask({ remote, proxy }) {
        proxy.interfere(status(503), (nth) => nth === 1);
        assert.equal((await readAll(remote.jobs(never))).items.length, 3);
      },
    },
    {
      title: "that points elsewhere leads nobody there",
      async ask({ remote, proxy }) {
        const elsewhere = await openElsewhere();
        proxy.interfere(status(302, { location: `${elsewhere.url}/login` }));
        const error = await faultOf(() => readAll(remote.jobs(never)));
        await elsewhere.close();
        assert.equal(error.fault, "refused");
        assert.ok(error.message.includes(elsewhere.url), `it does not say where to: ${error.message}`);
        assert.equal(elsewhere.visits(), 0);
      },
    },
    {
      title: "is shown by a probe as well",
      async ask(stage) {
        stage.proxy.interfere(status(503));
        assert.equal((await faultOf(() => stage.connect().probe(never))).fault, "busy");
        stage.proxy.interfere(reset);
        assert.equal((await faultOf(() => stage.connect().probe(never))).fault, "unreachable");
      },
    },
  ],
};

/** Another origin, which nobody should ever see. */
async function openElsewhere() {
  let visits = 0;
  const server = createServer((_request, reply) => {
    visits += 1;
    reply.end("{}");
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    visits: () => visits,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
