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

export interface Http {
  get(path: string, request: HttpRequest): Promise<HttpReply>;
  /** JSON, unless a content type is given along with a text: that is sent as it is. */
  post(path: string, body: unknown, request: HttpRequest): Promise<HttpReply>;
  patch(path: string, body: unknown, request: HttpRequest): Promise<HttpReply>;
  delete(path: string, request: HttpRequest): Promise<HttpReply>;
  close(): void;
}
