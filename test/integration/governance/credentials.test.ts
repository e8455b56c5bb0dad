import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  adoptCredential,
  authenticate,
  issueCredential,
  issueSignInCode,
  revokeAllOf,
  revokeCredential,
  signIn,
} from "../../../src/governance/credentials.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

const ADA = { principal: "ada", role: "admin", label: "test", validForMs: null } as const;

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.db.deleteFrom("credential").execute());

const rows = () => database.db.selectFrom("credential").selectAll().execute();

describe("a token", () => {
  it("names its principal", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    expect(await authenticate(database.db, secret)).toEqual({ name: "ada", role: "admin" });
    expect(secret).toMatch(/^tutti_[\w-]{43}$/);
  });

  it("is kept as its hash alone", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    expect(JSON.stringify(await rows())).not.toContain(secret);
  });

  it("opens nothing once revoked, expired or altered", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    const expired = await issueCredential(database.db, { kind: "token", ...ADA, validForMs: -1 });
    expect(await authenticate(database.db, `${secret}x`)).toBeNull();
    expect(await authenticate(database.db, expired.secret)).toBeNull();
    expect(await revokeCredential(database.db, secret)).toBe(true);
    expect(await authenticate(database.db, secret)).toBeNull();
    expect(await revokeCredential(database.db, secret)).toBe(false);
  });

  it("says when it was used, once a minute at most", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    expect((await rows())[0]?.used_at).toBeNull();
    await authenticate(database.db, secret);
    const [first] = await rows();
    expect(first?.used_at).toBeInstanceOf(Date);
    await authenticate(database.db, secret);
    expect((await rows())[0]?.used_at).toEqual(first?.used_at);
  });

  it("may be one an operator chose, at every start anew", async () => {
    const chosen = "a-secret-of-the-operators-own-choice";
    await adoptCredential(database.db, chosen, { kind: "token", ...ADA });
    await adoptCredential(database.db, chosen, { kind: "token", ...ADA });
    expect(await authenticate(database.db, chosen)).toEqual({ name: "ada", role: "admin" });
    expect(await rows()).toHaveLength(1);
  });
});

describe("a sign-in code", () => {
  const ada = { name: "ada", role: "admin" } as const;

  it("opens a session once", async () => {
    const code = await issueSignInCode(database.db, ada);
    const session = await signIn(database.db, code);
    expect(await authenticate(database.db, session?.secret ?? "")).toEqual(ada);
    expect(await signIn(database.db, code)).toBeNull();
  });

  it("opens one session for two that come at once", async () => {
    const code = await issueSignInCode(database.db, ada);
    const sessions = await Promise.all(Array.from({ length: 8 }, () => signIn(database.db, code)));
    expect(sessions.filter(Boolean)).toHaveLength(1);
  });

  it("is no token", async () => {
    expect(await authenticate(database.db, await issueSignInCode(database.db, ada))).toBeNull();
  });

  it("is worth nothing when a token is given in its place", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    expect(await signIn(database.db, secret)).toBeNull();
  });
});

describe("revoking a principal", () => {
  it("ends its tokens, links and sessions, and nobody else's", async () => {
    const { secret } = await issueCredential(database.db, { kind: "token", ...ADA });
    const code = await issueSignInCode(database.db, { name: "ada", role: "admin" });
    const other = await issueCredential(database.db, { kind: "token", ...ADA, principal: "bob" });
    expect(await revokeAllOf(database.db, "ada")).toBe(2);
    expect(await authenticate(database.db, secret)).toBeNull();
    expect(await signIn(database.db, code)).toBeNull();
    expect(await authenticate(database.db, other.secret)).not.toBeNull();
  });
});
