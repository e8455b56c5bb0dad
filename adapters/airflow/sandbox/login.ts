/** Who may come in: Basic in 2.x, a token with an end from `/auth/token` in 3.x, a token given by hand in both. */
import { createHmac, randomUUID } from "node:crypto";

export interface Login {
  readonly username: string;
  readonly password: string;
  /** Issued outside, and good for ever. */
  readonly standingToken: string;
  /** Basic or bearer, as the header says it. */
  admits(header: string | undefined, scheme: "basic" | "token", nowMs: number): boolean;
  issue(credentials: unknown, nowMs: number, lifeMs: number): string | null;
  /** A new secret: every token given out so far is worth nothing. */
  rotate(): void;
}

export function createLogin(): Login {
  const [username, password, standingToken] = ["tutti", randomUUID(), `standing-${randomUUID()}`];
  let secret = randomUUID();

  const sign = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");

  function isValid(token: string, nowMs: number): boolean {
    const [header, claims, signature] = token.split(".");
    if (!claims || sign(`${header}.${claims}`) !== signature) return false;
    const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { exp: number };
    return nowMs < exp * 1_000;
  }

  return {
    username,
    password,
    standingToken,

    admits(header, scheme, nowMs) {
      const [kind, value] = (header ?? "").split(" ");
      if (kind === "Bearer" && value === standingToken) return true;
      if (scheme === "token") return kind === "Bearer" && value !== undefined && isValid(value, nowMs);
      return kind === "Basic" && value === Buffer.from(`${username}:${password}`).toString("base64");
    },

    issue(credentials, nowMs, lifeMs) {
      const given = credentials as { readonly username?: unknown; readonly password?: unknown } | null;
      if (given?.username !== username || given.password !== password) return null;
      const seconds = Math.floor(nowMs / 1_000);
      const claims = { sub: "1", iat: seconds, exp: seconds + Math.floor(lifeMs / 1_000), jti: randomUUID() };
      const [head, body] = [{ alg: "HS256", typ: "JWT" }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      return `${head}.${body}.${sign(`${head}.${body}`)}`;
    },

    rotate() {
      secret = randomUUID();
    },
  };
}
