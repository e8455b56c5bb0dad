/** X.509 certificates with every fault a server may have, made on the spot: a fixed one would expire in the repository. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** The authority that signs it; itself when left out. */
  readonly issuer?: Authority;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface Authority extends Certificate {
  readonly name: string;
  readonly privateKey: KeyObject;
}

const YEAR_MS = 365 * 24 * 3_600_000;

export function createAuthority(name: string): Authority {
  return create({ name }, true);
}

/** `name` is the host, and stands in the alternative names as well. */
export function createCertificate(options: CertificateOptions): Certificate {
  return create(options, false);
}

function create({ name, issuer, notBefore, notAfter }: CertificateOptions, isAuthority: boolean): Authority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // A serial whose first byte is 0 or above 127 would have to be written in another way.
    integer(Buffer.from([1, ...randomBytes(7)])),
    ECDSA_WITH_SHA256,
    commonName(issuer?.name ?? name),
    sequence(time(notBefore ?? new Date(now - YEAR_MS)), time(notAfter ?? new Date(now + YEAR_MS))),
    commonName(name),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(basicConstraints(isAuthority), alternativeName(name))),
  );
  const signature = sign("sha256", body, issuer?.privateKey ?? privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, bits(signature));
  return {
    name,
    privateKey,
    cert: pem(der),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Lines of 64, and no empty one at the end: OpenSSL takes that for a mistake. */
function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

// DER, as much of it as a certificate takes.

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content);
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function bits(content: Buffer): Buffer {
  return element(0x03, Buffer.from([0]), content);
}

function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, "hex"));
}

function time(date: Date): Buffer {
  return element(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, "")));
}

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));

function commonName(name: string): Buffer {
  return sequence(element(0x31, sequence(oid("550403"), element(0x0c, Buffer.from(name)))));
}

function basicConstraints(isAuthority: boolean): Buffer {
  const content = isAuthority ? sequence(element(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(oid("551d13"), element(0x01, Buffer.from([0xff])), octets(content));
}

function alternativeName(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name);
  const entry = isAddress ? element(0x87, Buffer.from(name.split(".").map(Number))) : element(0x82, Buffer.from(name));
  return sequence(oid("551d11"), octets(sequence(entry)));
}
