import type { LookupAddress } from "node:dns";
import { describe, expect, it } from "vitest";
import { checkedLookup, isDenied, readBaseUrl, urlBelow } from "../../../../src/adapter/http/address.ts";

const base = new URL("https://host.example/airflow/");

describe("isDenied", () => {
  it.each([
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "::",
    "fd00:ec2::254",
    "fe80::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
  ])("denies %s", (address) => {
    expect(isDenied(address)).toBe(true);
  });

  it.each(["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd12::1", "2606:4700::1111", "8.8.8.8"])(
    "allows %s, where tools live",
    (address) => {
      expect(isDenied(address)).toBe(false);
    },
  );
});

describe("readBaseUrl", () => {
  it.each([
    ["ftp://host/", /must begin with http/],
    ["file:///etc/passwd", /must begin with http/],
    ["gopher://host", /must begin with http/],
    ["data:text/html,x", /must begin with http/],
    ["not an address", /is no address/],
    ["https://user:geheim@host/", /holds a user/],
    ["https://host/?key=1", /must end with its path/],
    ["https://host/#x", /must end with its path/],
    ["http://169.254.169.254/latest", /never asked/],
    ["http://[::ffff:169.254.169.254]/", /never asked/],
    ["http://metadata.google.internal/", /never asked/],
    ["http://metadata.google.internal./", /never asked/],
    ["http://0x7f.1/", /write its address as 127\.0\.0\.1/],
    ["http://2130706433/", /write its address as 127\.0\.0\.1/],
    ["http://127.1/", /write its address as 127\.0\.0\.1/],
    ["http://0xa9fea9fe/", /write its address as 169\.254\.169\.254/],
    ["http://[::]/", /never asked/],
    ["http://169。254。169。254/", /write its address as 169\.254\.169\.254/],
  ])("refuses %s", (text, reason) => {
    expect(() => readBaseUrl(text)).toThrow(reason);
  });

  it("never repeats a password", () => {
    expect(() => readBaseUrl("https://user:geheim@host/")).toThrow(/^(?!.*geheim)/);
  });

  it("keeps the path of a prefix", () => {
    expect(readBaseUrl("https://host/airflow").pathname).toBe("/airflow");
  });
});

describe("urlBelow", () => {
  it("joins below the prefix", () => {
    expect(urlBelow(base, "/api/v2/dags").href).toBe("https://host.example/airflow/api/v2/dags");
  });

  it.each(["//evil.example/x", "https://evil.example/x", "\\\\evil.example\\x", "@evil.example", ":8080/x"])(
    "stays at its origin for %s",
    (path) => {
      expect(urlBelow(base, path).href).toMatch(/^https:\/\/host\.example\/airflow\//);
    },
  );

  it.each(["/dags/../admin", "/dags/%2e%2E/admin", "/dags/..", "/dags/.\\..\\x"])("refuses to go up by %s", (path) => {
    expect(() => urlBelow(base, path)).toThrow(/go up/);
  });

  it("takes a question mark in a name for a name", () => {
    expect(urlBelow(base, "/dags/what?#").pathname).toBe("/airflow/dags/what%3F%23");
  });

  it("leaves an encoded slash encoded", () => {
    expect(urlBelow(base, `/dags/${encodeURIComponent("a/b")}`).pathname).toBe("/airflow/dags/a%2Fb");
  });

  it("repeats lists and leaves out what is not there", () => {
    const { search } = urlBelow(base, "/x", { state: ["queued", "running"], n: 0, none: null, gone: undefined });
    expect(search).toBe("?state=queued&state=running&n=0");
  });
});

describe("checkedLookup", () => {
  function resolvingTo(...answers: readonly LookupAddress[][]) {
    let asked = 0;
    const lookup = (_name: string, _options: object, callback: (error: null, addresses: LookupAddress[]) => void) => {
      callback(null, answers[asked] ?? []);
      asked += 1;
    };
    return { lookup: checkedLookup(lookup as never), asked: () => asked };
  }

  const good = { address: "10.0.0.7", family: 4 };
  const evil = { address: "169.254.169.254", family: 4 };

  it("connects to the address it has looked at", () => {
    const { lookup, asked } = resolvingTo([good], [evil]);
    lookup("host", {}, (error, address) => expect([error, address]).toEqual([null, "10.0.0.7"]));
    expect(asked()).toBe(1);
  });

  it("refuses a name when any of its addresses is denied", () => {
    const { lookup } = resolvingTo([good, evil]);
    lookup("host", { all: true }, (error) => expect(error?.message).toMatch("169.254.169.254"));
    expect.assertions(1);
  });

  it("looks again when it is asked again", () => {
    const { lookup } = resolvingTo([good], [evil]);
    lookup("host", {}, (error) => expect(error).toBeNull());
    lookup("host", {}, (error) => expect(error?.code).toBe("EDENIED"));
    expect.assertions(2);
  });
});
