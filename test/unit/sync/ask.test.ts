import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { AdapterBug, ask, askPages } from "../../../src/sync/ask.ts";

const never = () => new Promise<never>(() => undefined);

function asking(silenceMs = 1_000, signal = new AbortController().signal) {
  return { signal, silenceMs, monotonicMs: () => performance.now() };
}

describe("asking a remote", () => {
  it("gives up on silence and aborts the question", async () => {
    let question: AbortSignal | null = null;
    const answer = ask(asking(20), (signal) => {
      question = signal;
      return never();
    });
    await expect(answer).rejects.toMatchObject({ fault: "unreachable", passing: true });
    expect(question).toMatchObject({ aborted: true });
  });

  it("keeps a remote's error and names any other a bug", async () => {
    const fault = new RemoteError("no", { fault: "refused", passing: false });
    await expect(ask(asking(), () => Promise.reject(fault))).rejects.toBe(fault);
    await expect(
      ask(asking(), () => {
        throw new TypeError("oops");
      }),
    ).rejects.toBeInstanceOf(AdapterBug);
    // oxlint-disable-next-line prefer-promise-reject-errors
    await expect(ask(asking(), () => Promise.reject("a text"))).rejects.toMatchObject({ message: "a text" });
  });

  it("answers an abort with an abort, whatever the remote throws", async () => {
    const stop = new AbortController();
    const answer = ask(
      asking(1_000, stop.signal),
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () =>
            reject(new RemoteError("cut", { fault: "unreachable", passing: true })),
          ),
        ),
    );
    stop.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  });

  it("leaves a listing that hangs even in its return", async () => {
    const pages = askPages(asking(20), () => ({ [Symbol.asyncIterator]: () => ({ next: never, return: never }) }));
    await expect(pages.next()).rejects.toMatchObject({ fault: "unreachable" });
  });

  it("closes a listing that its reader leaves", async () => {
    let closed = false;
    async function* list() {
      try {
        for (;;) yield { items: [1], readAt: new Date(), rejected: [] };
      } finally {
        closed = true;
      }
    }
    for await (const page of askPages(asking(), list)) if (page.items.length > 0) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
  });

  it("refuses a listing without end", async () => {
    const items = Array.from({ length: 100_000 }, () => 1);
    async function* list() {
      for (;;) yield { items, readAt: new Date(), rejected: [] };
    }
    const read = async () => {
      for await (const page of askPages(asking(), list)) expect(page.items).toBe(items);
    };
    await expect(read()).rejects.toMatchObject({ fault: "malformed" });
  });
});
