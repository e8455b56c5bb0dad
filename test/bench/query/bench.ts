/** `query`: what a reader waits for, on two million runs, against PostGraphile 5 and one statement behind Fastify. */
import type { BenchOptions } from "../run.ts";
import { fillFleet } from "../fleet/fill.ts";
import { type Line, median } from "../line.ts";
import { type Load, load } from "../load/load.ts";
import { startBenchDatabase } from "../postgres.ts";
import { type Program, startProgram } from "../program.ts";
import { installPeer } from "./install-peer.ts";
import { type QueryQuestion, questionsOver, teachPeer } from "./questions.ts";

const RUNS = 2_000_000;
const CONNECTIONS = 16;
const POOL = "10";
/** A compiler that is still at work on hot functions took half of what it measured. */
const WARM_UP_SECONDS = 6;

interface Contender {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: (question: QueryQuestion) => { path: string; body: string | null };
}

export async function* benchQueries({ runs = RUNS, seconds, rounds }: BenchOptions): AsyncIterable<Line> {
  const node = await installPeer();
  const database = await startBenchDatabase();
  const programs: Program<unknown>[] = [];
  try {
    const { db } = database.store;
    await fillFleet(db, { runs, jobs: 5_000, sources: 20 });
    await teachPeer(db);
    const args = [database.url, POOL];
    const peer = await started<{ port: number }>("peer.mjs", { with: node, args });
    const ours = await started<{ port: number; token: string }>("ours.ts", { args });
    const questions = await questionsOver(db, (query) => askPeerForCursor(peer.port, query));
    const statements = Object.fromEntries(questions.map(({ floor }, at) => [`q${at}`, floor]));
    const floor = await started<{ port: number }>("floor.ts", { args: [...args, JSON.stringify(statements)] });

    const contenders: Record<"ours" | "peer" | "floor", Contender> = {
      ours: graphql(ours.port, { authorization: `Bearer ${ours.token}` }, (question) => question.ours),
      peer: graphql(peer.port, { accept: "application/json" }, (question) => question.peer),
      floor: {
        port: floor.port,
        headers: {},
        request: (question) => ({ path: `/q${questions.indexOf(question)}`, body: null }),
      },
    };
    for (const question of questions) yield await compare(question, contenders, { seconds, rounds });
  } finally {
    for (const program of programs) await program.stop();
    await database.close();
  }

  async function started<Ready>(file: string, options: Parameters<typeof startProgram>[1]): Promise<Ready> {
    const program = await startProgram<Ready>(`test/bench/query/${file}`, options);
    programs.push(program);
    return program.ready;
  }
}

function graphql(port: number, headers: Record<string, string>, query: (question: QueryQuestion) => string): Contender {
  return {
    port,
    headers,
    request: (question) => ({ path: "/graphql", body: JSON.stringify({ query: query(question) }) }),
  };
}

async function askPeerForCursor(port: number, query: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = (await answer.json()) as { data: { allRuns: { edges: [{ cursor: string }] } } };
  return data.allRuns.edges[0].cursor;
}

/** In turns, so that a machine that slows down slows all of them down; the first turn of each only warms it up. */
async function compare(
  question: QueryQuestion,
  contenders: Record<"ours" | "peer" | "floor", Contender>,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Line> {
  const loads: Record<string, Load[]> = { ours: [], peer: [], floor: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, { port, headers, request }] of Object.entries(contenders)) {
      const measured = await load({
        port,
        headers,
        ...request(question),
        connections: CONNECTIONS,
        seconds: round === 0 ? WARM_UP_SECONDS : seconds,
      });
      if (round > 0) loads[name]?.push(measured);
    }
  }
  const of = (name: string) => median((loads[name] ?? []).map((measured) => measured.perSecond));
  const [ours, peer, floor] = [of("ours"), of("peer"), of("floor")];
  return {
    name: `query: ${question.name}`,
    unit: "requests/s",
    ours,
    peer,
    floor,
    ratio_to_peer: ours / peer,
    ratio_to_floor: ours / floor,
    target: `${question.times}× the peer and within 1.5× of the floor`,
    reached: ours >= question.times * peer && ours * 1.5 >= floor,
    notes: {
      p50_ms: median((loads["ours"] ?? []).map(({ p50 }) => p50)),
      p99_ms: median((loads["ours"] ?? []).map(({ p99 }) => p99)),
    },
  };
}
