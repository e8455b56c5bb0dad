import { describe, expect, it } from "vitest";
import { config, rootOf } from "../../../../adapters/airflow/config.ts";

const good = { url: "https://air.test/airflow", auth: { kind: "password", username: "tutti", password: "env:AIR" } };

function mistakes(value: unknown): string[] {
  return (config.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the config of an Airflow", () => {
  it.each([
    good,
    { ...good, auth: { kind: "bearer", token: "file:/run/secrets/token" } },
    { ...good, auth: { kind: "none" } },
    { ...good, url: "http://127.0.0.1:8080/" },
  ])("takes %j", (value) => {
    expect(mistakes(value)).toEqual([]);
  });

  it.each([
    [{ ...good, url: "air.test" }, "url"],
    [{ ...good, url: "ftp://air.test" }, "url"],
    [{ ...good, url: "https://ada:pw@air.test" }, "url: leave the user out"],
    [{ ...good, url: "https://air.test/api/v2/" }, "url: leave /api/v1 or /api/v2 out"],
    [{ ...good, url: "https://air.test/home?x=1" }, "url: leave out everything from ?"],
    [{ ...good, auth: { ...good.auth, password: "hunter2" } }, "auth.password"],
    [{ ...good, auth: { kind: "kerberos" } }, "auth.kind"],
    [{ ...good, auth: { ...good.auth, realm: "x" } }, "auth: "],
    [{ ...good, ca: "/etc/ca.pem" }, "ca: "],
    [{ ...good, uri: "x" }, ": "],
    [{ url: good.url }, "auth"],
  ])("refuses %j at %s", (value, start) => {
    expect(mistakes(value)).toEqual([expect.stringMatching(new RegExp(`^${start.replace("?", "\\?")}`))]);
  });

  it("repeats no literal secret", () => {
    expect(mistakes({ ...good, auth: { ...good.auth, password: "hunter2" } }).join()).not.toContain("hunter2");
  });

  it("finds the root whatever slashes stand at its end", () => {
    expect(rootOf(config.parse({ ...good, url: "https://air.test/airflow//" }))).toBe("https://air.test/airflow");
  });
});
