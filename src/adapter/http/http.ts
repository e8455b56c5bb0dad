/** The boundary's face: all that an adapter sees of HTTP. */

export interface HttpOptions {
  /** Joined with every path, never replaced by one: `https://host/airflow` keeps its prefix. */
  readonly baseUrl: string;
  readonly authorize?: Authorizer;
  /** Requests under way at once. */
  readonly concurrency?: number;
  /** From the first byte we send to the last we read. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** PEM of a private authority to trust beside the system's. */
  readonly ca?: string;
  /** Trusts `ca` alone: a cluster that signs its own certificate is vouched for by nobody else. */
  readonly onlyCa?: boolean;
  /** Who we are, where a server asks for a certificate rather than a token. */
  readonly clientCertificate?: ClientCertificate;
  /** The name its certificate is made out to, where that is not the host we connect to. */
  readonly servername?: string;
}

/** Both PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authorizer {
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Called once for a 401. Answers whether asking again makes sense, having renewed what it holds. */
  renew?(signal: AbortSignal): Promise<boolean>;
}

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];

export interface HttpRequest {
  readonly signal: AbortSignal;
  /** A list becomes a repeated parameter; null and undefined are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 2xx that the caller reads itself. */
  readonly accept?: readonly number[];
  /**
   * `json` unless said otherwise; an answer of another type is malformed, an HTML page is a refusal. Of `nothing` only
   * the status and the headers are read, whatever the body is.
   */
  readonly as?: "json" | "text" | "nothing";
  readonly maxBytes?: number;
  /**
   * Which part of an answer larger than `maxBytes` is wanted, of text alone: none of it, unless the end is. All of it is
   * read in passing, for few tools can be asked for the end of a log.
   */
  readonly keep?: "all" | "end";
  readonly timeoutMs?: number;
  /** Whether to ask again after a passing fault. GET yes, all else no, unless the caller knows better. */
  readonly repeat?: boolean;
  /** Leaves the authorizer out: for the request that fetches a token. */
  readonly anonymous?: boolean;
  /** Sent with a `DELETE`, by the few tools that want to be told there how. */
  readonly body?: unknown;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Only the end of it was kept, because it was wanted so. */
  readonly cut?: boolean;
  /** The remote's `Date` header, or our clock where it sends none. */
  readonly readAt: Date;
}

export interface HttpStreamRequest extends Pick<HttpRequest, "signal" | "query" | "headers" | "accept"> {
  /** How long no byte may come before the connection counts as dead: half-open ones never say so themselves. */
  readonly idleMs: number;
  readonly maxLineBytes?: number;
}

/** An answer that goes on: its lines arrive as the remote writes them, until it ends or somebody aborts. */
export interface HttpStream {
  readonly status: number;
  readonly readAt: Date;
  readonly lines: AsyncIterable<string>;
}

export interface Http {
  get(path: string, request: HttpRequest): Promise<HttpReply>;
  /** A `URLSearchParams` is sent as a form, a text with a content type as it is, everything else as JSON. */
  post(path: string, body: unknown, request: HttpRequest): Promise<HttpReply>;
  patch(path: string, body: unknown, request: HttpRequest): Promise<HttpReply>;
  delete(path: string, request: HttpRequest): Promise<HttpReply>;
  /** A `GET` that is answered line by line. It resolves when the remote has begun to answer, and takes no slot then. */
  stream(path: string, request: HttpStreamRequest): Promise<HttpStream>;
  close(): void;
}
