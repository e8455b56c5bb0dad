import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings } from "../../../src/boot/read-settings.ts";

interface Service {
  readonly image: string;
  readonly build?: { readonly dockerfile_inline: string };
  readonly user: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const root = join(import.meta.dirname, "../../..");
const { services, volumes } = parse(readFileSync(join(root, "docker-compose.yml"), "utf8")) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const all = Object.entries(services);

/** Containers cannot run where this is tested, so what can be read is. */
describe("docker-compose.yml", () => {
  it.each(all)("runs %s without rights it does not need", (_name, service) => {
    expect(service.user).not.toBe("root");
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toContain("no-new-privileges:true");
    expect(service.volumes.join()).not.toMatch("docker.sock");
  });

  it.each(all)("says when %s is healthy", (_name, service) => {
    expect(service.healthcheck.test.length).toBeGreaterThan(1);
    for (const { condition } of Object.values(service.depends_on ?? {})) expect(condition).toBe("service_healthy");
  });

  it("pins every image to a version", () => {
    const dockerfile = services.tutti?.build?.dockerfile_inline ?? "";
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? "");
    expect(images.length).toBeGreaterThan(1);
    for (const image of [...images, services.postgres?.image ?? ""]) expect(image).toMatch(/:\d+\.\d+/);
  });

  it("opens ports on this machine only", () => {
    const ports = all.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it("declares every volume it mounts", () => {
    const mounted = all.flatMap(([, service]) => service.volumes.map((volume) => volume.split(":")[0]));
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(mounted));
  });

  it("gives settings that the process takes", () => {
    const environment = Object.entries(services.tutti?.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-([^}]*)\}/g, "$1"),
    ]);
    expect(readSettings(Object.fromEntries(environment) as Record<string, string>).warnings).toEqual([]);
  });

  it("copies only what is there", () => {
    const dockerfile = services.tutti?.build?.dockerfile_inline ?? "";
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = ""]) =>
      files.split(" "),
    );
    expect(sources.length).toBeGreaterThan(4);
    for (const file of sources) expect(() => readFileSync(join(root, file))).not.toThrow(/ENOENT/);
  });
});
