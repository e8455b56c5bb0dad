/**
 * The six ways a remote can let us down.
 *
 *   unreachable  no answer: DNS, TCP, TLS, time-out, cut connection
 *   busy         it answered "not now": 429, 502, 503, 504, our own breaker or budget
 *   refused      it knows us and says no, or does not know us: 401, 403, a login page
 *   missing      404, 410
 *   conflict     409, 412
 *   malformed    an answer we cannot read: not JSON, cut off, too large, of another shape; or 400, 422 to our question
 */
export const FAULTS = ["unreachable", "busy", "refused", "missing", "conflict", "malformed"] as const;

export type Fault = (typeof FAULTS)[number];
