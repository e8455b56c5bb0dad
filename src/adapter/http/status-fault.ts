/** What a status that is no success means, and whether asking again makes sense. */
import type { Fault } from "../../model/fault.ts";

export interface StatusFault {
  readonly fault: Fault;
  readonly passing: boolean;
  /** Whether what was asked may have happened all the same. */
  readonly uncertain: boolean;
  readonly advice: string | null;
}

const NO = { passing: false, uncertain: false } as const;

export function statusFault(status: number, retryAfterMs: number | null): StatusFault {
  if (status >= 300 && status < 400)
    // Some tools act first and redirect to the result.
    return { fault: "refused", passing: false, uncertain: true, advice: "redirects are not followed" };
  if (status === 401) return { fault: "refused", ...NO, advice: "check the credentials of this source" };
  if (status === 403) return { fault: "refused", ...NO, advice: "a right is missing" };
  if (status === 404 || status === 410) return { fault: "missing", ...NO, advice: null };
  if (status === 409 || status === 412) return { fault: "conflict", ...NO, advice: null };
  if (status === 429 || status === 425) return { fault: "busy", passing: true, uncertain: false, advice: null };
  // "Come back later" was a decision; a bare 503 may be a proxy that lost the answer.
  if (status === 503) return { fault: "busy", passing: true, uncertain: retryAfterMs === null, advice: null };
  if (status === 408) return { fault: "busy", passing: true, uncertain: true, advice: null };
  // An error inside the remote is not a refusal: it may have done the work before it stumbled.
  if (status >= 500) return { fault: "busy", passing: true, uncertain: true, advice: null };
  return { fault: "malformed", ...NO, advice: null };
}
