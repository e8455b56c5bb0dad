/** One line of a diagnosis. Unknown is an answer: what could not be asked is never shown as fine. */
export const CHECK_OUTCOMES = ["ok", "failed", "unknown"] as const;

export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/**
 *   dns, tcp, tls   the way to the tool
 *   answer          what stands there speaks the tool's language
 *   auth, right     it knows us, and lets us see what we need
 *   version, health, clock
 */
export const CHECK_SUBJECTS = ["dns", "tcp", "tls", "answer", "auth", "right", "version", "health", "clock"] as const;

export type CheckSubject = (typeof CHECK_SUBJECTS)[number];

export interface Check {
  readonly subject: CheckSubject;
  readonly outcome: CheckOutcome;
  readonly detail: string;
  /** What a person can do about it. */
  readonly advice: string | null;
}
