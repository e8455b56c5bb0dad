import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/lib/input-error.ts";
import { connectionConfig, DEADLINES, tlsOf } from "../../../src/store/connection.ts";

const at = (host: string, query = "") => tlsOf(`postgres://u:p@${host}/db${query}`).ssl;

describe("TLS", () => {
  it.each(["db.example.com", "10.0.0.7", "localhost.example.com"])(
    "checks %s to the full when nothing is said",
    (host) => {
      expect(at(host)).toEqual({});
    },
  );

  it.each(["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])("is not asked of %s", (host) => {
    expect(at(host)).toBe(false);
  });

  it("is not asked of a socket", () => {
    expect(at("localhost", "?host=%2Frun%2Fpostgresql")).toBe(false);
  });

  it("is asked of another machine named by ?host=", () => {
    expect(at("localhost", "?host=db.example.com")).toEqual({});
  });

  it("does less only where the URL says so", () => {
    expect(at("db.example.com", "?sslmode=disable")).toBe(false);
    expect(at("db.example.com", "?sslmode=require")).toEqual({ rejectUnauthorized: false });
    expect(at("db.example.com", "?sslmode=verify-full")).toEqual({});
    const chainOnly = at("db.example.com", "?sslmode=verify-ca");
    expect(Object.keys(chainOnly)).toEqual(["checkServerIdentity"]);
  });

  it.each(["prefer", "allow", "true", ""])("refuses sslmode=%s, which could fall back", (mode) => {
    expect(() => at("db.example.com", `?sslmode=${mode}`)).toThrow(/is not one of disable, require/);
  });

  it("leaves nothing of it to the driver", () => {
    const { connectionString } = tlsOf("postgres://u:p@db/x?sslmode=require&uselibpqcompat=true&connect_timeout=3");
    expect(connectionString).toBe("postgres://u:p@db/x?connect_timeout=3");
  });
});

describe("a URL that is none", () => {
  it.each(["", "nonsense:secret@db", "mysql://u:secret@db/x"])("is refused without being repeated: %j", (url) => {
    const attempt = () => tlsOf(url);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(/write postgres:\/\//);
    expect(attempt).not.toThrow(/secret/);
  });
});

describe("the deadlines", () => {
  it("let the server speak first", () => {
    expect(DEADLINES.lockMs).toBeLessThan(DEADLINES.statementMs);
    expect(DEADLINES.statementMs).toBeLessThan(DEADLINES.queryMs);
  });

  it("reach the driver, every one", () => {
    expect(connectionConfig("postgres://u@localhost/x", "me")).toMatchObject({
      application_name: "me",
      connectionTimeoutMillis: 3_000,
      statement_timeout: 5_000,
      query_timeout: 8_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 5_000,
      keepAlive: true,
    });
  });
});
