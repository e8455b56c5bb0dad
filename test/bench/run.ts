/** `npm run bench -- engine|ingest|query|handoff|idle|kubernetes|all [--json] [--runs N]`: ours, the peer and the floor in one run. */
import { parseArgs } from "node:util";
import { type Line, print } from "./line.ts";
import { buildPrograms } from "./program.ts";

export interface BenchOptions {
  readonly runs: number | undefined;
  readonly seconds: number;
  readonly rounds: number;
}

type Bench = (options: BenchOptions) => AsyncIterable<Line>;

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  query: async () => (await import("./query/bench.ts")).benchQueries,
  ingest: async () => (await import("./ingest/bench.ts")).benchIngest,
  idle: async () => (await import("./idle/bench.ts")).benchIdle,
  kubernetes: async () => (await import("./kubernetes/bench.ts")).benchKubernetes,
};
const PLANNED = ["engine", "handoff"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
  },
});

const [name = ""] = positionals;
const wanted = name === "all" ? Object.keys(BENCHES) : [name];
const options = {
  runs: values.runs === undefined ? undefined : Number(values.runs),
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
};

for (const bench of wanted) {
  const load = BENCHES[bench];
  if (!load) {
    const why = PLANNED.includes(bench)
      ? "there is no such bench yet"
      : `expected ${Object.keys(BENCHES).join("|")}|all`;
    process.stderr.write(`bench "${bench}": ${why}\n`);
    process.exit(2);
  }
  await buildPrograms();
  for await (const line of (await load())(options)) print(line, values.json);
}
