/** What went wrong below HTTP, in words a person understands. */
import type { Fault } from "../../model/fault.ts";
import { RemoteError } from "../remote-error.ts";

interface Words {
  readonly text: string;
  readonly fault?: Fault;
  /** Waiting does not help: somebody has to change something. */
  readonly lasting?: true;
  /** No byte of the request can have arrived. */
  readonly unsent?: true;
}

const NEVER_SENT: Pick<Words, "lasting" | "unsent"> = { lasting: true, unsent: true };

const SELF_SIGNED = "its certificate is self-signed; name its authority in `ca` if you trust it";
const UNKNOWN_AUTHORITY = "its certificate comes from an authority we do not know; name it in `ca` if you trust it";
const OLD_TLS = "it speaks no TLS that we accept (1.2 or later)";

const WORDS: Readonly<Record<string, Words>> = {
  ENOTFOUND: { text: "its name is not known to DNS", unsent: true },
  EAI_AGAIN: { text: "DNS did not answer", unsent: true },
  ECONNREFUSED: { text: "nothing listens there (connection refused)", unsent: true },
  EHOSTUNREACH: { text: "there is no way to its host", unsent: true },
  ENETUNREACH: { text: "there is no way to its network", unsent: true },
  ETIMEDOUT: { text: "it did not answer in time" },
  ECONNRESET: { text: "the connection was cut before it answered" },
  ECONNABORTED: { text: "the connection was cut before it answered" },
  EPIPE: { text: "the connection was cut while we asked" },
  EDENIED: { text: "its name resolves to an address that is never asked", fault: "refused", ...NEVER_SENT },

  CERT_HAS_EXPIRED: { text: "its certificate has expired", ...NEVER_SENT },
  CERT_NOT_YET_VALID: { text: "its certificate is not valid yet", ...NEVER_SENT },
  CERT_REVOKED: { text: "its certificate has been revoked", ...NEVER_SENT },
  ERR_TLS_CERT_ALTNAME_INVALID: { text: "its certificate is for another host", ...NEVER_SENT },
  DEPTH_ZERO_SELF_SIGNED_CERT: { text: SELF_SIGNED, ...NEVER_SENT },
  SELF_SIGNED_CERT_IN_CHAIN: { text: UNKNOWN_AUTHORITY, ...NEVER_SENT },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { text: UNKNOWN_AUTHORITY, ...NEVER_SENT },
  UNABLE_TO_GET_ISSUER_CERT: { text: UNKNOWN_AUTHORITY, ...NEVER_SENT },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { text: UNKNOWN_AUTHORITY, ...NEVER_SENT },
  ERR_SSL_WRONG_VERSION_NUMBER: { text: "it speaks no TLS; is it http rather than https?", ...NEVER_SENT },
  ERR_SSL_UNSUPPORTED_PROTOCOL: { text: OLD_TLS, ...NEVER_SENT },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: { text: OLD_TLS, ...NEVER_SENT },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: { text: "it shares no cipher or protocol with us", ...NEVER_SENT },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: { text: "it wants to be shown a certificate of ours", ...NEVER_SENT },
  EPROTO: { text: "no TLS could be agreed on with it", ...NEVER_SENT },

  ERR_INVALID_CHAR: {
    text: "a header of ours holds a character that HTTP cannot carry; is one of its secrets damaged?",
    fault: "refused",
    ...NEVER_SENT,
  },
  HPE_HEADER_OVERFLOW: { text: "it answered with headers larger than 16 kB", fault: "malformed" },
};

export function networkFault(asked: string, error: unknown): RemoteError {
  const code = codeOf(error);
  const words = WORDS[code] ?? (code.startsWith("HPE_") ? NO_HTTP : { text: `the connection failed (${code})` });
  return new RemoteError(`${asked} got no answer: ${words.text}`, {
    fault: words.fault ?? "unreachable",
    passing: words.lasting !== true,
    uncertain: words.unsent !== true,
    cause: bare(error, code),
  });
}

const NO_HTTP: Words = { text: "what came back is no HTTP", fault: "malformed" };

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  // A failed handshake is one code for everything; OpenSSL's own reason stands in the message.
  const reason = code === "EPROTO" ? /:SSL routines:[^:]*:([^:]+):/.exec(String(message))?.[1] : null;
  const precise = reason && `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
  if (precise && precise in WORDS) return precise;
  return typeof code === "string" ? code : "unknown cause";
}

/** The client's own error carries the request with its credentials, and would print them. */
function bare(error: unknown, code: string): Error {
  const message = error instanceof Error ? error.message : "unknown";
  return Object.assign(new Error(message), { code });
}
