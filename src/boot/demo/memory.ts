/** What the demo must remember between starts: when it began, and behind which doors its sandboxes stood. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePrivately } from "../first-run.ts";

export interface DemoMemory {
  readonly origin: Date;
  readonly ports: Readonly<Record<string, number>>;
}

export async function recall(folder: string): Promise<DemoMemory | null> {
  try {
    const { origin, ports } = JSON.parse(await readFile(join(folder, "demo.json"), "utf8")) as {
      origin: string;
      ports: Record<string, number>;
    };
    return Number.isNaN(Date.parse(origin)) ? null : { origin: new Date(origin), ports };
  } catch {
    // Never written, or not by us: the demo begins anew.
    return null;
  }
}

export async function remember(folder: string, memory: DemoMemory): Promise<void> {
  await writePrivately(join(folder, "demo.json"), JSON.stringify(memory));
}
