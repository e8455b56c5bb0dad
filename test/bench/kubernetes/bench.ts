/** `kubernetes`: ten thousand Jobs of one cluster, listed and watched, and what it costs us to know them. */
import type { Json } from "../../../src/model/json.ts";
import type { Line } from "../line.ts";
import { startProgram } from "../program.ts";
import type { BenchOptions } from "../run.ts";
import type { Usage } from "./watching.ts";

const JOBS = 10_000;
const CHANGES_A_SECOND = 50;
/** Enough for two thousand events, and for every list to be read again and again. */
const MEASURED_SECONDS = 40;
const TARGET_MB = 150;

interface ClusterOfBench {
  readonly url: string;
  readonly config: Json;
  readonly secrets: Readonly<Record<string, string>>;
  readonly filledMs: number;
}

export async function* benchKubernetes(_options: BenchOptions): AsyncIterable<Line> {
  const cluster = await startProgram<ClusterOfBench>("test/bench/kubernetes/cluster.ts", {
    args: [JOBS, CHANGES_A_SECOND].map(String),
  });
  const { config, secrets, filledMs } = cluster.ready;
  const watching = await startProgram<Usage>("test/bench/kubernetes/watching.ts", {
    args: [JSON.stringify(config), JSON.stringify(secrets)],
  });
  try {
    let last = watching.ready;
    let mostMb = last.rssMb;
    for (let second = 0; second < MEASURED_SECONDS; second += 1) {
      last = (await watching.next()) as Usage;
      mostMb = Math.max(mostMb, last.rssMb);
    }
    const growthMb = mostMb - watching.ready.rssMb;
    const knowsAll = last.live >= JOBS && last.events > JOBS;
    yield {
      name: "kubernetes: memory",
      unit: "MB of growth",
      ours: growthMb,
      target: `${JOBS} Jobs in under ${TARGET_MB} MB`,
      reached: knowsAll && growthMb < TARGET_MB,
      notes: {
        before_mb: watching.ready.rssMb,
        heap_mb: last.heapMb,
        jobs_known: last.live,
        events: last.events,
        pages_read: last.pages,
        sandbox_filled_ms: filledMs,
      },
    };
  } finally {
    await watching.stop();
    await cluster.stop();
  }
}
