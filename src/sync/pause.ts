/** A sleep that can be cut short, also before it begins. */

export type WokenBy = "time" | "nudge" | "wake";

export interface Pause {
  /** Ends the pause for good. */
  wake(): void;
  /** There is something to look at; what to do about it is for the sleeper to say. */
  nudge(): void;
  for(milliseconds: number): Promise<WokenBy>;
}

export function createPause(signal: AbortSignal): Pause {
  let called: WokenBy = "time";
  let end: (() => void) | null = null;
  const call = (by: WokenBy) => {
    if (called !== "wake") called = by;
    end?.();
  };
  signal.addEventListener("abort", () => call("wake"), { once: true });

  async function sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    end = null;
  }

  return {
    wake: () => call("wake"),
    nudge: () => call("nudge"),
    async for(milliseconds) {
      if (called === "time") await sleep(milliseconds);
      const by = called;
      called = signal.aborted ? "wake" : "time";
      return by;
    },
  };
}
