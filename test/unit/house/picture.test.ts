import { describe, expect, it } from "vitest";
import { filesOf, importsBetweenRooms, ROOMS } from "../../support/house.ts";

function picture(): string {
  const imports = importsBetweenRooms();
  const rooms = [...imports.keys()];
  const floors = [...new Set(rooms.map((room) => ROOMS[room]?.floor ?? 0))].toSorted((a, b) => b - a);
  return [
    "# The house as it stands",
    "",
    "Drawn from the imports of the code by `test/unit/house/picture.test.ts`; `npx vitest run --project unit house -u`",
    "draws it anew. The why is in [house.md](house.md).",
    "",
    "```mermaid",
    "flowchart TB",
    ...floors.flatMap((floor) => [
      `  subgraph floor${floor}["floor ${floor}"]`,
      ...rooms.filter((room) => ROOMS[room]?.floor === floor).map((room) => `    ${node(room)}["${room}"]`),
      "  end",
    ]),
    ...rooms.flatMap((room) =>
      [...(imports.get(room)?.keys() ?? [])].toSorted().map((to) => `  ${node(room)} --> ${node(to)}`),
    ),
    "```",
    "",
    "| floor | room | what for | imports |",
    "|---|---|---|---|",
    ...rooms.map(
      (room) =>
        `| ${ROOMS[room]?.floor} | \`${room}\` | ${ROOMS[room]?.purpose} | ${[...(imports.get(room)?.keys() ?? [])].toSorted().map(short).join(", ") || "nothing of ours"} |`,
    ),
    "",
  ].join("\n");
}

function node(room: string): string {
  return room.replace(/[^a-z]/g, "_");
}

function short(room: string): string {
  return room.replace(/^src\//, "").replace(/\.ts$/, "");
}

describe("the picture of the house", () => {
  it("is the one the imports draw", async () => {
    await expect(picture()).toMatchFileSnapshot("../../../docs/design/house-today.md");
  });

  it("shows every room that has files", () => {
    for (const room of Object.keys(ROOMS)) if (filesOf(room).length > 0) expect(picture()).toContain(`["${room}"]`);
  });
});
