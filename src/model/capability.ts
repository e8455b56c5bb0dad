/** What can be asked of a source or a job. Read off the adapter's methods, so no flag can disagree with the code. */
export const CAPABILITIES = [
  "watch",
  "observe",
  "start",
  "find",
  "cancel",
  "retry",
  "pause",
  "resume",
  "log",
  "outputs",
  "parts",
  "gates",
  "links",
] as const;

export type Capability = (typeof CAPABILITIES)[number];
