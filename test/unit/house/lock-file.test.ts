import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import semver from "semver";
import { describe, expect, it } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, "../../..");
const lock = JSON.parse(readFileSync(resolve(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages);

describe("the lock file", () => {
  it("holds no package that needs more than Node 20.19", () => {
    const tooNew = packages.filter(([, { engines }]) => engines?.node && !semver.satisfies("20.19.0", engines.node));
    expect(tooNew.map(([path, { engines }]) => `${path} needs ${engines?.node}`)).toEqual([]);
  });

  // npm ci refuses a lock with such a hole, and only on a machine that has no cache to fill it from.
  it("names every platform's binary of a native package", () => {
    const holes = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`])
        .map((name) => `${path} wants ${name}`),
    );
    expect(holes).toEqual([]);
  });

  it("names no registry", () => {
    expect(packages.filter(([, locked]) => "resolved" in locked).map(([path]) => path)).toEqual([]);
  });

  it("looked at more than a few packages", () => {
    expect(packages.length).toBeGreaterThan(200);
  });
});
