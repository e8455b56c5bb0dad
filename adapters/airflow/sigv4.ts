/** AWS Signature Version 4 for a request without a body: all that the managed Airflow asks for, without its SDK. */
import { createHash, createHmac } from "node:crypto";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that end by themselves. */
  readonly sessionToken: string | null;
}

export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly region: string;
  readonly service: string;
  readonly keys: AwsKeys;
  readonly now: Date;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const NO_BODY = sha256("");

/** The headers to send along; `host` is signed as well, and every client sends it by itself. */
export function signedHeaders(request: Unsigned): Record<string, string> {
  const { url, region, service, keys, now } = request;
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const sent: Record<string, string> = {
    "x-amz-date": time,
    ...(keys.sessionToken === null ? {} : { "x-amz-security-token": keys.sessionToken }),
  };
  const signed = Object.entries({ host: url.host, ...sent }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    "",
    names,
    NO_BODY,
  ].join("\n");
  const signature = hmac(signingKey(request, time.slice(0, 8)), [ALGORITHM, time, scope, sha256(canonical)].join("\n"));
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  return {
    ...sent,
    authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature.toString("hex")}`,
  };
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

/** Stricter than `encodeURIComponent`, which lets five characters through. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Good for one day, one region and one service. */
function signingKey({ keys, region, service }: Unsigned, day: string): Buffer {
  const start = Buffer.from(`AWS4${keys.secretAccessKey}`);
  return [day, region, service, "aws4_request"].reduce(hmac, start);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
