import { describe, expect, it } from "vitest";
import { lifeOf, tokenAuth } from "../../../../adapters/airflow/token.ts";

const signal = new AbortController().signal;

function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
}

/** A login that can be counted, and held back. */
function office(lifeSeconds: number | null) {
  let [nowMs, logins] = [0, 0];
  const auth = tokenAuth({
    now: () => new Date(nowMs),
    login: async () => {
      logins += 1;
      return lifeSeconds === null ? `opaque-${logins}` : jwt({ iat: 1_000, exp: 1_000 + lifeSeconds, n: logins });
    },
  });
  return { auth, logins: () => logins, at: (ms: number) => void (nowMs = ms) };
}

describe("a token", () => {
  it("is fetched once for all who ask together", async () => {
    const { auth, logins } = office(100);
    const headers = await Promise.all(Array.from({ length: 20 }, () => auth.headers(new AbortController().signal)));
    expect(new Set(headers.map((header) => header["authorization"])).size).toBe(1);
    expect(logins()).toBe(1);
  });

  it("is renewed when four fifths of its life are over", async () => {
    const { auth, logins, at } = office(100);
    await auth.headers(signal);
    at(79_999);
    await auth.headers(signal);
    expect(logins()).toBe(1);
    at(80_000);
    await auth.headers(signal);
    expect(logins()).toBe(2);
  });

  it("is renewed on request", async () => {
    const { auth, logins } = office(100);
    await auth.headers(signal);
    expect(await auth.renew(signal)).toBe(true);
    expect(logins()).toBe(2);
  });

  it("is kept until it is refused when nobody can read it", async () => {
    const { auth, logins, at } = office(null);
    await auth.headers(signal);
    at(10 ** 12);
    expect(await auth.headers(signal)).toEqual({ authorization: "Bearer opaque-1" });
    expect(logins()).toBe(1);
  });

  it("lets one who waits give up without the others", async () => {
    let answer = (_token: string) => {};
    const pending = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const auth = tokenAuth({ now: () => new Date(0), login: () => pending });
    const leaving = new AbortController();
    const [left, stayed] = [auth.headers(leaving.signal), auth.headers(signal)];
    leaving.abort();
    await expect(left).rejects.toMatchObject({ name: "AbortError" });
    answer("t");
    expect(await stayed).toEqual({ authorization: "Bearer t" });
  });

  it("asks for another login after a failed one", async () => {
    let logins = 0;
    const login = async () => {
      logins += 1;
      if (logins === 1) throw new Error("no");
      return "t";
    };
    const auth = tokenAuth({ now: () => new Date(0), login });
    await expect(auth.headers(signal)).rejects.toThrow("no");
    expect(await auth.headers(signal)).toEqual({ authorization: "Bearer t" });
  });

  it.each([
    [jwt({ iat: 10, exp: 70 }), 60_000],
    [jwt({ iat: 70, exp: 10 }), 0],
    [jwt({ exp: 70 }), null],
    [jwt({ iat: "10", exp: 70 }), null],
    [jwt([]), null],
    ["a.b.c", null],
    ["", null],
  ])("lives as long as %s says", (token, lifeMs) => {
    expect(lifeOf(token)).toBe(lifeMs);
  });
});
