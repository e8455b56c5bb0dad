import { describe, expect, it } from "vitest";
import { config, rootOf } from "../../../../adapters/jenkins/config.ts";
import { cookieOf } from "../../../../adapters/jenkins/crumbs.ts";
import { absolute } from "../../../../adapters/jenkins/links.ts";

const right = {
  url: "https://ci.test/jenkins/",
  auth: { kind: "token", username: "tutti", token: "env:JENKINS_TOKEN" },
};
const mistakes = (change: object) =>
  config
    .safeParse({ ...right, ...change })
    .error?.issues.map(({ message }) => message)
    .join() ?? "none";

describe("a config", () => {
  it("needs an address and a login, and decides the rest", () => {
    const read = config.parse(right);
    expect(read).toMatchObject({ keyParameter: "TUTTI_KEY", unstable: "succeeded", schedules: true });
    expect(rootOf(read)).toBe("https://ci.test/jenkins");
  });

  it.each([
    [{ url: "https://me:secret@ci.test" }, "leave the user out"],
    [{ url: "https://ci.test/job/team" }, "a folder goes into"],
    [{ url: "https://ci.test/?x" }, "leave out everything from ?"],
    [{ auth: { kind: "token", username: "tutti", token: "11abc" } }, "must be a reference"],
    [{ timezone: "Zurich" }, "no time zone"],
    [{ keyParameter: "my key" }, "letters, digits and _ only"],
    [{ folder: "/team/" }, "write the full name"],
    [{ outputs: "/out.json" }, "without a slash before it"],
    [{ unstable: "degraded" }, "Invalid option"],
  ])("says what is wrong with %j", (change, message) => {
    expect(mistakes(change)).toContain(message);
  });
});

describe("the cookies of an answer", () => {
  it.each([
    ["JSESSIONID.1a=node0x.node0; Path=/; HttpOnly", "JSESSIONID.1a=node0x.node0"],
    ["a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Path=/,b=2; Secure", "a=1; b=2"],
    [undefined, null],
  ])("%j are %j", (header, cookie) => {
    expect(cookieOf(header)).toBe(cookie);
  });
});

describe("a job that a trigger names", () => {
  it.each([
    ["load", "raw/extract", "raw/load"],
    ["../mart/build", "raw/extract", "mart/build"],
    ["/top", "raw/extract", "top"],
    ["./load", "extract", "load"],
  ])("%s, said by %s, is %s", (name, from, full) => {
    expect(absolute(name, from)).toBe(full);
  });
});
