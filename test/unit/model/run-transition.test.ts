import { describe, expect, it } from "vitest";
import { OPEN_STATES, RUN_STATES, type RunState, TERMINAL_STATES } from "../../../src/model/run-state.ts";
import { judgeSighting, type KnownRun, opensNewAttempt, type RunMoment } from "../../../src/model/run-transition.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));

function moment(state: RunState, started: number | null = 0, ended: number | null = null): RunMoment {
  return { state, startedAt: started === null ? null : at(started), endedAt: ended === null ? null : at(ended) };
}

function known(state: RunState, started = 0, ended: number | null = null): KnownRun {
  return { ...moment(state, started, ended), attempt: 1, observedAt: at(30) };
}

describe("a sighting", () => {
  it.each(RUN_STATES)("creates a run nobody knew: %s", (state) => {
    expect(judgeSighting(null, moment(state), at(0))).toBe("created");
  });

  it("is outdated when read before what is known", () => {
    expect(judgeSighting(known("running"), moment("succeeded"), at(29))).toBe("outdated");
    expect(judgeSighting(known("running"), moment("succeeded"), at(30))).toBe("changed");
  });

  const open = OPEN_STATES.filter((state) => state !== "unknown");

  it.each(TERMINAL_STATES.flatMap((from) => open.map((to) => [from, to] as const)))("reopens: %s to %s", (from, to) => {
    expect(judgeSighting(known(from, 0, 5), moment(to, 0), at(40))).toBe("reopened");
  });

  it.each(OPEN_STATES.flatMap((from) => RUN_STATES.map((to) => [from, to] as const)))(
    "goes on: %s to %s",
    (from, to) => {
      expect(judgeSighting(known(from), moment(to), at(40))).toBe("changed");
    },
  );

  it.each(TERMINAL_STATES)("never reopens %s for a word we cannot read", (state) => {
    expect(judgeSighting(known(state, 0, 5), moment("unknown", 9), at(40))).toBe("changed");
  });
});

describe("a terminal run seen terminal again", () => {
  it.each([
    ["begun after the known end", known("failed", 0, 5), moment("succeeded", 6, 7), true],
    ["begun at the known end", known("failed", 0, 5), moment("succeeded", 5, 7), false],
    ["the same times, another word", known("failed", 0, 5), moment("succeeded", 0, 5), false],
    ["no known end", known("failed", 0, null), moment("succeeded", 6, 7), false],
    ["no start to tell by", known("failed", 0, 5), moment("succeeded", null, 7), false],
  ])("%s", (_, before, seen, reopens) => {
    expect(opensNewAttempt(before, seen)).toBe(reopens);
  });
});
