import { describe, expect, it } from "vitest";
import { isRunState, isTerminal, OPEN_STATES, RUN_STATES, TERMINAL_STATES } from "../../../src/model/run-state.ts";

describe("the states of a run", () => {
  it("are each either open or terminal", () => {
    expect([...OPEN_STATES, ...TERMINAL_STATES].sort()).toEqual([...RUN_STATES].sort());
    expect(RUN_STATES.filter(isTerminal)).toEqual([...TERMINAL_STATES]);
  });

  it("are told from the words of a tool", () => {
    expect(RUN_STATES.every(isRunState)).toBe(true);
    for (const word of ["success", "up_for_retry", "", "QUEUED", "toString"]) expect(isRunState(word)).toBe(false);
  });
});
