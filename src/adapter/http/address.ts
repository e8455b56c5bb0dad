/** Where a source may be, and where no source is ever asked. */
import { lookup as lookUp, type LookupAddress } from "node:dns";
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net";
import { InputError } from "../../lib/input-error.ts";
import { RemoteError } from "../remote-error.ts";
import type { QueryValue } from "./http.ts";

/** Addresses that hand out a machine's credentials to whoever asks from inside, and those that mean "myself, anywhere". */
const DENIED = new BlockList();
DENIED.addSubnet("169.254.0.0", 16, "ipv4");
DENIED.addSubnet("0.0.0.0", 8, "ipv4");
DENIED.addAddress("100.100.100.200", "ipv4");
DENIED.addAddress("192.0.0.192", "ipv4");
DENIED.addAddress("fd00:ec2::254", "ipv6");
DENIED.addAddress("fd20:ce::254", "ipv6");
DENIED.addSubnet("fe80::", 10, "ipv6");
DENIED.addAddress("::", "ipv6");

const DENIED_NAMES = ["metadata.google.internal", "metadata.goog", "instance-data"];

export function isDenied(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return DENIED.check(address, "ipv4");
  if (family !== 6) return false;
  const inner = embeddedIPv4(address);
  return DENIED.check(address, "ipv6") || (inner !== null && DENIED.check(inner, "ipv4"));
}

/** `::ffff:a.b.c.d`, `::a.b.c.d` and `64:ff9b::a.b.c.d` all end up at a.b.c.d. */
function embeddedIPv4(address: string): string | null {
  const hex = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1);
  const match =
    /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(hex) ??
    // Two groups at least: "::1" is the loopback and no 0.0.0.1.
    /^::([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(hex);
  if (!match) return null;
  const [high, low] = [Number.parseInt(match[1] ?? "0", 16), Number.parseInt(match[2] ?? "0", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Refuses at once what can be seen to be wrong; a name is looked at again when it is resolved. */
export function readBaseUrl(text: string): URL {
  const refuse = (reason: string) => new InputError("baseUrl", `"${withoutUser(text)}" ${reason}`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw refuse("is no address; write it as https://host/path");
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse("must begin with http:// or https://");
  if (url.username !== "" || url.password !== "")
    throw refuse("holds a user or a password; give them as references of their own");
  if (url.search !== "" || url.hash !== "") throw refuse("must end with its path");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // 0x7f.1, 2130706433 and 127.1 are all spellings that hide an address from the person who reads it.
  if (isIPv4(host) && !text.includes(host)) throw refuse(`must write its address as ${host}`);
  if (isDenied(host) || DENIED_NAMES.includes(host.replace(/\.$/, ""))) throw refuse("is never asked by Tutti");
  return url;
}

function withoutUser(text: string): string {
  return text.replace(/\/\/[^/]*@/, "//…@");
}

/** The path below the base, never beside it: neither `//other` nor `..` leaves it. */
export function urlBelow(base: URL, path: string, query: Readonly<Record<string, QueryValue>> = {}): URL {
  const url = new URL(base);
  const wanted = `${base.pathname.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
  url.pathname = wanted;
  // A name such as ".." is a legal job id in some tools, and no URL can carry it.
  if (wanted.split(/[/\\]/).some(isDotSegment))
    throw new RemoteError(`No address can name ${path}: a part of it reads as "go up"`, {
      fault: "missing",
      passing: false,
    });
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== null && item !== undefined) url.searchParams.append(name, String(item));
  }
  return url;
}

function isDotSegment(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

/** Looks a name up once, refuses it when any of its addresses is denied, and connects to what was looked at. */
export function checkedLookup(lookup: typeof lookUp = lookUp): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, "");
      const denied = addresses.find(({ address }) => isDenied(address));
      if (denied) return callback(new DeniedAddressError(hostname, denied.address), "");
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? "", first?.family);
    });
  };
}

export class DeniedAddressError extends Error {
  readonly code = "EDENIED";

  constructor(hostname: string, address: string) {
    super(`${hostname} resolves to ${address}, which is never asked`);
    this.name = "DeniedAddressError";
  }
}
