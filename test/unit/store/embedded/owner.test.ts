import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canReach, unprivileged } from "../../../../src/store/embedded/owner.ts";

describe("whom root hands PostgreSQL to", () => {
  it("is postgres, or else nobody, or else the number of nobody", () => {
    const nobody = "root:x:0:0::/root:/bin/sh\nnobody:x:99:98::/:/sbin/nologin\n";
    expect(unprivileged(`${nobody}postgres:x:101:104::/:/bin/sh\n`)).toEqual({ uid: 101, gid: 104 });
    expect(unprivileged(nobody)).toEqual({ uid: 99, gid: 98 });
    expect(unprivileged("")).toEqual({ uid: 65_534, gid: 65_534 });
  });
});

describe("a folder", () => {
  const stranger = { uid: 4_242, gid: 4_242 };

  it("is reached only through parents that let one pass", async () => {
    const parent = await mkdtemp(join(tmpdir(), "tutti-unit-"));
    const inner = join(parent, "inner");
    await mkdir(inner, { mode: 0o755 });
    expect(await canReach(inner, stranger)).toBe(false);
    await chmod(parent, 0o711);
    expect(await canReach(inner, stranger)).toBe(true);
    expect(await canReach(join(inner, "not", "yet", "there"), stranger)).toBe(true);
    expect(await canReach(inner, null)).toBe(true);
  });
});
