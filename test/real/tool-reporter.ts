/** One line a tool, what was skipped and why, and a last line that says it all. */
import { basename } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

export default class ToolReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.map((module) => `${nameOf(module)}: ${printCount(countOf(module))}${whyNot(module)}`);
    const sum = modules.map(countOf).reduce(add, { passed: 0, failed: 0, skipped: 0 });
    process.stdout.write(`\n${lines.sort().join("\n")}\n${printCount(sum)}\n`);
  }
}

/** `airflow-2.10.test.ts` is about Airflow 2.10. */
function nameOf({ moduleId }: TestModule): string {
  return basename(moduleId, ".test.ts");
}

function countOf(module: TestModule): Count {
  const count: Count = { passed: 0, failed: module.errors().length, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state !== "pending") count[state] += 1;
  }
  // A file whose tool never came up has no failed test, and has failed.
  if (count.failed === 0 && module.state() === "failed") count.failed += 1;
  return count;
}

function whyNot(module: TestModule): string {
  const skipped = [...module.children.allTests("skipped")];
  const notes = new Set(skipped.map((test) => noteOf(test) ?? "not asked for"));
  // A tool that is not there is said once.
  if (notes.size === 1 && skipped.length > 5) return ` (${[...notes].join()})`;
  return skipped.map((test) => `\n  skipped: ${test.fullName}: ${noteOf(test) ?? "not asked for"}`).join("");
}

function noteOf(test: TestCase | undefined): string | undefined {
  const result = test?.result();
  return result?.state === "skipped" ? result.note : undefined;
}

function add(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function printCount({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
