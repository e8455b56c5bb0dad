/**
 * The demo fleet: sandboxes of every adapter there is, with a past of fourteen days and a present that moves. They are
 * sources like any other; nothing in the house knows that they are not real.
 */
import type { Sandbox } from "../../adapter/sandbox.ts";
import type { SourceDocument } from "../../documents/source.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Json } from "../../model/json.ts";
import { isBlind } from "./blindness.ts";
import { type DemoSource, FLEET } from "./fleet.ts";
import { DEMO_LABEL } from "./label.ts";
import { type Gate, openGate } from "./gate.ts";
import { recall, remember } from "./memory.ts";
import { createPlayer } from "./player.ts";
import { openStage } from "./stage.ts";

export interface Demo {
  readonly sources: readonly SourceDocument[];
  /** What the `env:` references of the sources stand for. */
  readonly secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
/** The first doors; later starts take the same ones again. */
const FIRST_PORT = 7_271;

interface Act {
  readonly source: DemoSource;
  readonly sandbox: Sandbox;
  readonly gate: Gate;
  readonly document: SourceDocument;
  readonly secrets: Readonly<Record<string, string>>;
  tick(now: Date, sinceStartMs: number): void;
}

export async function startDemo({ folder, clock }: { readonly folder: string; readonly clock: Clock }): Promise<Demo> {
  const startedMs = clock.monotonicMs();
  const { origin, ports } = (await recall(folder)) ?? { origin: clock.now(), ports: {} };
  const acts: Act[] = [];
  // One after the other, so that each finds the door of the one before it taken.
  for (const source of FLEET) acts.push(await begin(source, origin, ports[source.name] ?? FIRST_PORT, clock));
  await remember(folder, {
    origin,
    ports: Object.fromEntries(acts.map(({ source, gate }) => [source.name, gate.port])),
  });

  const timer = setInterval(() => {
    for (const act of acts) act.tick(clock.now(), clock.monotonicMs() - startedMs);
  }, TICK_MS);
  return {
    sources: acts.map(({ document }) => document),
    secrets: Object.assign({}, ...acts.map(({ secrets }) => secrets)) as Record<string, string>,
    async stop() {
      clearInterval(timer);
      await Promise.all(acts.flatMap(({ gate, sandbox }) => [gate.close(), sandbox.close()]));
    },
  };
}

async function begin(source: DemoSource, origin: Date, port: number, clock: Clock): Promise<Act> {
  const player = createPlayer(source.jobs, origin, () => sandbox.world);
  const sandbox = await openStage(source, () => player.now() ?? clock.now());
  player.play(clock.now());
  const gate = await openGate(new URL(sandbox.url), port);
  const { config, secrets } = ownWords(source, sandbox, gate);
  return {
    source,
    sandbox,
    gate,
    secrets,
    document: documentOf(source, config),
    tick(now, sinceStartMs) {
      player.play(now);
      if (source.goesBlind && isBlind(sinceStartMs)) gate.shut();
      else gate.open();
    },
  };
}

/** The sandbox's config with our door in place of its own, and with names for its secrets that outlive a restart. */
function ownWords({ name: source }: DemoSource, sandbox: Sandbox, gate: Gate) {
  const stem = `DEMO_${source.toUpperCase().replaceAll("-", "_")}_SECRET`;
  const names = Object.keys(sandbox.secrets).map((name, at) => [name, `${stem}${at === 0 ? "" : at + 1}`] as const);
  const text = JSON.stringify(sandbox.config).replaceAll(sandbox.url, gate.url);
  const renamed = names.reduce((all, [theirs, ours]) => all.replaceAll(`"env:${theirs}"`, `"env:${ours}"`), text);
  const secrets = Object.fromEntries(names.map(([theirs, ours]) => [ours, sandbox.secrets[theirs] ?? ""]));
  return { config: JSON.parse(renamed) as Json, secrets };
}

function documentOf({ name, adapter, labels }: DemoSource, config: Json): SourceDocument {
  return {
    kind: "Source",
    metadata: { name, labels: { ...labels, [DEMO_LABEL]: "true" } },
    spec: { adapter, config, sync: { lookBackMs: 14 * 86_400_000, everyMs: null, overlapMs: null } },
  };
}
