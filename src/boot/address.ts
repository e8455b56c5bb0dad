/** `127.0.0.1:7171`, `[::1]:7171`, `:7171`: where to listen. */
import { isIP } from "node:net";
import { refuse } from "./refusal.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** Only this machine can reach it. */
  readonly loopback: boolean;
}

export function readAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return refuse("expected host:port, such as 127.0.0.1:7171");
  // `:7171` is every address, as everywhere else.
  const host = match[1] ?? (match[2] === "" ? "0.0.0.0" : (match[2] ?? ""));
  return { host, port, loopback: isLoopback(host) };
}

export function printAddress({ host, port }: Pick<Address, "host" | "port">): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "localhost" || host === "::1";
}
