/** What can be wrong with a Jenkins, and with what stands before it. Turned while it runs. */
export type Right = "Job/Read" | "Job/ExtendedRead" | "Job/Build" | "Job/Cancel" | "Job/Configure";

export interface Quirks {
  version: string;
  /** It answers 503 with its page, for minutes after a restart. */
  starting: boolean;
  /** A proxy that wants to see somebody, and says so with a cheerful 200. */
  loginPage: boolean;
  /** What its settings say it is called; null for the truth. */
  rootUrl: string | null;
  readonly forbidden: Set<Right>;
  /** A plugin refuses to queue anything. */
  refusesToQueue: boolean;
  /** The plugin that tells of stages is there. */
  wfapi: boolean;
  /** A build that has begun is not in its list yet. */
  hidesNewBuilds: boolean;
  /** Its clock, beside the sandbox's. */
  skewMs: number;
}

export function usualQuirks(version: string): Quirks {
  return {
    version,
    starting: false,
    loginPage: false,
    rootUrl: null,
    forbidden: new Set(),
    refusesToQueue: false,
    wfapi: true,
    hidesNewBuilds: false,
    skewMs: 0,
  };
}
