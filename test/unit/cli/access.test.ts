import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findAccess } from "../../../src/cli/access.ts";

const folder = mkdtempSync(join(tmpdir(), "tutti-access-"));
writeFileSync(join(folder, "admin.token"), "local-token\n");
writeFileSync(join(folder, "url"), "http://127.0.0.1:7173\n");
writeFileSync(join(folder, "other.token"), "other-token\n");
afterAll(() => rmSync(folder, { recursive: true }));

describe("findAccess", () => {
  it("finds the server and the token of this folder", () => {
    expect(findAccess({ TUTTI_DATA: folder })).toEqual({ url: "http://127.0.0.1:7173", token: "local-token" });
  });

  it("falls back to the usual port", () => {
    expect(findAccess({ TUTTI_DATA: join(folder, "none") })).toEqual({ url: "http://127.0.0.1:7171", token: null });
  });

  it("sends the local token to no other machine", () => {
    const access = findAccess({ TUTTI_DATA: folder, TUTTI_URL: "https://tutti.example.com" });
    expect(access).toEqual({ url: "https://tutti.example.com", token: null });
  });

  it("prefers what it is told", () => {
    expect(findAccess({ TUTTI_DATA: folder, TUTTI_TOKEN: " t " }).token).toBe("t");
    expect(findAccess({ TUTTI_DATA: folder, TUTTI_TOKEN_FILE: join(folder, "other.token") }).token).toBe("other-token");
  });

  it("refuses what is no URL, and a file that is not there", () => {
    expect(() => findAccess({ TUTTI_URL: "localhost:7171" })).toThrow("no http or https URL");
    expect(() => findAccess({ TUTTI_TOKEN_FILE: "/nowhere" })).toThrow("cannot read /nowhere");
  });
});
