import { describe, expect, it } from "vitest";
import { filesOf, importsOf, ROOMS, roomOf } from "../../support/house.ts";

/** Why an import is not allowed, or null: an import points down, or stays in its own folder. */
function objection(from: string, to: string): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === null) return `${from} lies in no room of the house`;
  if (there === null) return `${from} imports ${to}, which lies in no room of the house`;
  if (here === there)
    return here === "adapters" && isNeighbour(from, to) ? `${from} imports its neighbour ${to}` : null;
  if (there === "adapters")
    return from === "src/main.ts" || from.startsWith("src/boot/") ? null : `${from} knows ${to}`;
  const only = ROOMS[here]?.only;
  if (only) return only.includes(there) ? null : `${from} imports ${to}; ${here} uses only ${only.join(", ")}`;
  const [floor, other] = [ROOMS[here]?.floor ?? 0, ROOMS[there]?.floor ?? 0];
  // The top floor is one: main, boot and the command that calls them.
  if (floor === 7 && other === 7) return null;
  return other < floor ? null : `${from} (floor ${floor}) imports ${to} (floor ${other})`;
}

/** Two tools. `adapters/index.ts` is the one list and belongs to none. */
function isNeighbour(from: string, to: string): boolean {
  const [tool, other] = [from, to].map((file) => file.split("/")[1]);
  return tool !== "index.ts" && tool !== other;
}

describe("the house", () => {
  const files = Object.keys(ROOMS).flatMap(filesOf);

  it("has files to look at", () => {
    expect(files.length).toBeGreaterThan(3);
  });

  it("lets imports point down only", () => {
    const objections = files.flatMap((file) => importsOf(file).map((target) => objection(file, target)));
    expect(objections.filter(Boolean)).toEqual([]);
  });

  it("has a room for every file of src", () => {
    expect(filesOf("src").filter((file) => roomOf(file) === null)).toEqual([]);
  });

  it("refuses an import that climbs, a neighbour's and one of an adapter", () => {
    expect(objection("src/store/runs.ts", "src/sync/loop.ts")).toMatch("floor 3");
    expect(objection("src/sync/loop.ts", "src/engine/pass.ts")).toMatch("floor 5");
    expect(objection("adapters/airflow/index.ts", "src/store/db.ts")).toMatch("uses only");
    expect(objection("adapters/airflow/index.ts", "adapters/jenkins/client.ts")).toMatch("neighbour");
    expect(objection("src/sync/loop.ts", "adapters/index.ts")).toMatch("knows");
    expect(objection("src/cli/get.ts", "src/store/db.ts")).toMatch("uses only");
  });
});
