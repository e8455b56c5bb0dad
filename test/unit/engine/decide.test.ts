import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { judgeAbsence, judgeError, judgeSilence, nextStep } from "../../../src/engine/hand-off/decide.ts";
import { TIMES } from "../../../src/engine/hand-off/times.ts";
import { INTENT_STATES } from "../../../src/model/intent.ts";
import { mayFollow } from "../../../src/model/intent-transition.ts";
import type { IntentTarget } from "../../../src/store/intent/intent.ts";
import { aDoubt, anIntent, before } from "./intents.ts";

const HOUR_MS = 3_600_000;
const running: IntentTarget = { id: 1, runId: "r", state: "running", attempt: 1, attemptThen: 1, gone: false };

describe("what has not left", () => {
  it("is sent in time", () => {
    expect(nextStep(anIntent(), TIMES)).toEqual({ do: "send" });
  });

  it("is refused when it is too late, with the last reason", () => {
    const step = nextStep(anIntent({ sendUntil: before(1), fault: "busy", error: "429" }), TIMES);
    expect(step).toMatchObject({ to: "refused", why: "It never left, and by now it is too late. Last: 429" });
  });
});

describe("what may have left", () => {
  it.each(["start", "retry"] as const)("is looked after first: a %s", (kind) => {
    expect(nextStep(aDoubt(0, { kind }), TIMES)).toEqual({ do: "look" });
  });

  it.each(["pause", "resume"] as const)("is said again where that is harmless: a %s", (kind) => {
    expect(nextStep(aDoubt(1_000, { kind }), TIMES)).toEqual({ do: "send" });
    expect(nextStep(aDoubt(HOUR_MS, { kind }), TIMES)).toMatchObject({ to: "uncertain" });
  });

  it("is never sent once people were told", () => {
    for (const kind of ["start", "retry", "pause", "resume"] as const)
      expect(nextStep(aDoubt(HOUR_MS, { kind, state: "uncertain" }), TIMES)).not.toEqual({ do: "send" });
  });
});

describe("an error in answer to a start", () => {
  const judge = (details: ConstructorParameters<typeof RemoteError>[1], sends = 0) =>
    judgeError(anIntent({ sends }), new RemoteError("no", details), TIMES);

  it.each([
    ["a 500, which is no refusal", { fault: "busy", passing: true } as const, "sending"],
    ["a cut connection", { fault: "unreachable", passing: true } as const, "sending"],
    ["an answer nobody can read", { fault: "malformed", passing: false } as const, "sending"],
    ["a no", { fault: "refused", passing: false } as const, "refused"],
    ["a key that is somebody else's", { fault: "conflict", passing: false } as const, "refused"],
    ["not now", { fault: "busy", passing: true, uncertain: false } as const, "pending"],
  ])("is understood: %s", (_what, details, to) => {
    expect(judge(details).to).toBe(to);
  });

  it("is repeated no sooner than the tool wishes", () => {
    const wish = { fault: "busy", passing: true, uncertain: false, retryAfterMs: 30_000 } as const;
    expect(judge(wish).againInMs).toBe(30_000);
    expect(judge({ ...wish, retryAfterMs: 1 }, 3).againInMs).toBe(TIMES.firstRetryMs * 8);
  });
});

describe("a run that is not to be found", () => {
  const VISIBLE_MS = 60_000;
  const graceMs = TIMES.sendWindowMs + TIMES.callMs + VISIBLE_MS;
  const judge = (intent: Parameters<typeof judgeAbsence>[0]) => judgeAbsence(intent, VISIBLE_MS, TIMES);

  it("is started again at once where the tool refuses a second one", () => {
    expect(judge(aDoubt(0))).toEqual({ do: "send" });
  });

  it("may still surface where a run would be opened a second time", () => {
    expect(judge(aDoubt(graceMs - 1, { kind: "retry" }))).toMatchObject({ do: "move", to: "sending" });
    expect(judge(aDoubt(graceMs + 1, { kind: "retry" }))).toEqual({ do: "send" });
  });

  it("may still surface where the tool only shows our marker", () => {
    expect(judge(aDoubt(graceMs - 1, { handOff: "marked" }))).toMatchObject({ do: "move", to: "sending" });
    expect(judge(aDoubt(graceMs + 1, { handOff: "marked" }))).toEqual({ do: "send" });
  });

  it("is a person's to decide where the tool can do neither", () => {
    expect(judge(aDoubt(graceMs - 1, { handOff: "blind" }))).toMatchObject({ to: "sending" });
    expect(judge(aDoubt(graceMs + 1, { handOff: "blind" }))).toMatchObject({ to: "uncertain" });
  });

  it("is not started again when it is too late, or once people were told", () => {
    expect(judge(aDoubt(HOUR_MS, { sendUntil: before(1) }))).toMatchObject({ to: "refused" });
    expect(judge(aDoubt(HOUR_MS, { state: "uncertain" }))).toMatchObject({ to: "refused" });
    expect(judge(aDoubt(HOUR_MS, { state: "uncertain", handOff: "blind" }))).toMatchObject({ to: "uncertain" });
  });
});

describe("a tool that cannot be asked", () => {
  it("is asked again, later each time, and then a person is", () => {
    expect(judgeSilence(aDoubt(0), TIMES)).toMatchObject({ to: "sending", againInMs: TIMES.firstLookMs });
    expect(judgeSilence(aDoubt(0, { looks: 3 }), TIMES)).toMatchObject({ againInMs: TIMES.firstLookMs * 8 });
    expect(judgeSilence(aDoubt(TIMES.doubtMs + 1), TIMES)).toMatchObject({ to: "uncertain" });
  });
});

describe("a cancel", () => {
  const cancel = (agoMs: number, change: object = {}) =>
    aDoubt(agoMs, { kind: "cancel", state: "heard", target: running, ...change });

  it("is done when its run has ended, however", () => {
    for (const state of ["cancelled", "failed", "succeeded"] as const)
      expect(nextStep(cancel(0, { target: { ...running, state } }), TIMES)).toMatchObject({ to: "confirmed" });
    expect(nextStep(cancel(0, { target: { ...running, gone: true } }), TIMES)).toMatchObject({ to: "confirmed" });
    expect(nextStep(cancel(0, { target: { ...running, attempt: 2 } }), TIMES)).toMatchObject({ to: "confirmed" });
  });

  it("is followed, said again, and called an orphan", () => {
    expect(nextStep(cancel(1_000), TIMES)).toMatchObject({ to: "heard", againInMs: TIMES.followMs });
    expect(nextStep(cancel(TIMES.repeatCancelMs + 1), TIMES)).toEqual({ do: "send" });
    const late = { firstSentAt: before(TIMES.orphanMs + 1), sends: 5 };
    expect(nextStep(cancel(1_000, late), TIMES)).toMatchObject({ to: "orphan" });
    expect(nextStep(cancel(TIMES.orphanEveryMs + 1, { ...late, state: "orphan" }), TIMES)).toEqual({ do: "send" });
  });
});

describe("what was decided", () => {
  it("is drawn in the table of states", () => {
    const starts = INTENT_STATES.filter((state) => !["confirmed", "refused", "abandoned"].includes(state));
    for (const kind of ["start", "retry", "cancel", "pause", "resume"] as const)
      for (const state of starts)
        for (const agoMs of [0, 31_000, HOUR_MS]) {
          const target = kind === "cancel" || kind === "retry" ? running : null;
          if ((state === "heard" || state === "orphan") && kind !== "cancel") continue;
          const step = nextStep(aDoubt(agoMs, { kind, state, target }), TIMES);
          if (step.do === "move") expect([state, step.to, mayFollow(state, step.to)]).toEqual([state, step.to, true]);
          if (step.do === "send") expect([state, mayFollow(state, "sending")]).toEqual([state, true]);
        }
  });
});
