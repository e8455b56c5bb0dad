/**
 * A real tool for the tests of one file: installed and started once, stopped at the end. Where it cannot be had, every
 * test of the file is skipped with the reason, unless `TUTTI_REAL=required` says that it must be there.
 */
import { afterAll, beforeAll, beforeEach } from "vitest";
import { Unavailable } from "./unavailable.ts";

export interface RunningTool {
  stop(): Promise<void>;
}

/** Answers with the tool while tests run. */
export function realTool<Tool extends RunningTool>(start: () => Promise<Tool>): () => Tool {
  let tool: Tool | null = null;
  let why: Unavailable | null = null;

  beforeAll(async () => {
    tool = await start().catch((error: unknown) => {
      if (!(error instanceof Unavailable) || process.env["TUTTI_REAL"] === "required") throw error;
      why = error;
      return null;
    });
  });
  beforeEach(({ skip }) => {
    if (why) skip(why.message);
  });
  afterAll(async () => tool?.stop());

  return () => {
    if (!tool) throw why ?? new Error("the tool is there only while tests run");
    return tool;
  };
}
