/** Documents into the store. What they say is already checked; here it becomes sources that the sync will find. */
import type { Registry } from "../adapter/registry.ts";
import type { SourceDocument } from "../documents/source.ts";
import type { Db } from "../store/db.ts";
import { declareSource, knownSources, removeSource } from "../store/sources.ts";
import type { Settings } from "./settings.ts";
import { DEMO_LABEL } from "./demo/label.ts";

export async function applySources(db: Db, registry: Registry, documents: readonly SourceDocument[]): Promise<void> {
  for (const { metadata, spec } of documents) {
    const adapter = registry.get(spec.adapter);
    await declareSource(db, {
      name: metadata.name,
      adapter: spec.adapter,
      url: registry.address(spec.adapter, spec.config),
      config: spec.config,
      sync: { ...spec.sync },
      labels: metadata.labels,
      handOff: adapter.handOff,
    });
  }
}

/** Unless it is asked for or forbidden, the demo is for those who have connected nothing yet, and makes room for them. */
export async function demoWanted(db: Db, setting: Settings["demo"]): Promise<boolean> {
  if (setting !== "auto") return setting === "on";
  return (await knownSources(db)).every(({ labels }) => DEMO_LABEL in labels);
}

export async function removeDemoSources(db: Db): Promise<void> {
  for (const { name, labels } of await knownSources(db)) if (DEMO_LABEL in labels) await removeSource(db, name);
}
