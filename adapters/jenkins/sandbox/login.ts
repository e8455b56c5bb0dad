/** Who may come in, and with what: an API token, or a password with a crumb that is worth nothing without its session. */
import { createHash, randomUUID } from "node:crypto";

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly token: string;
  /** Another token is given out, and the old one is worth nothing. */
  rotate(): void;
  who(authorization: string | undefined): "token" | "password" | "nobody" | "wrong";
  /** The cookie and the crumb of a new session. */
  openSession(): { readonly cookie: string; readonly crumb: string };
  isProtected(cookie: string | undefined, crumb: string | undefined): boolean;
  expireSessions(): void;
}

export function createLogin(): Login {
  const [username, password] = ["tutti", randomUUID()];
  let token = `11${randomUUID().replaceAll("-", "")}`;
  let secret = randomUUID();
  const sessions = new Set<string>();
  const crumbOf = (session: string) => createHash("sha256").update(`${username}${session}${secret}`).digest("hex");
  const basic = (value: string) => `Basic ${Buffer.from(`${username}:${value}`).toString("base64")}`;

  return {
    username,
    password,
    get token() {
      return token;
    },
    rotate() {
      token = `11${randomUUID().replaceAll("-", "")}`;
    },
    who(authorization) {
      if (authorization === undefined) return "nobody";
      if (authorization === basic(token)) return "token";
      return authorization === basic(password) ? "password" : "wrong";
    },
    openSession() {
      const session = `node0${randomUUID().replaceAll("-", "")}.node0`;
      sessions.add(session);
      return { cookie: `JSESSIONID.6c7b6f4a=${session}; Path=/; HttpOnly`, crumb: crumbOf(session) };
    },
    isProtected(cookie, crumb) {
      const session = /JSESSIONID\.\w+=([^;]+)/.exec(cookie ?? "")?.[1];
      return session !== undefined && sessions.has(session) && crumb === crumbOf(session);
    },
    expireSessions() {
      sessions.clear();
      secret = randomUUID();
    },
  };
}
