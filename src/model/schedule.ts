/** Whose rules an expression follows. `native` means the tool alone can compute it and tells us the next time. */
export const DIALECTS = [
  "debian",
  "cronie",
  "busybox",
  "jenkins",
  "kubernetes",
  "quartz",
  "interval",
  "native",
] as const;

export type Dialect = (typeof DIALECTS)[number];

export interface Schedule {
  /** As the tool writes it: `0 2 * * *`, `@daily`, `PT15M`, `Asset`. */
  readonly expression: string;
  readonly dialect: Dialect;
  /** IANA name, or null where the tool does not say. */
  readonly timezone: string | null;
  /** For people: "every day at 02:00". Null where we would have to guess. */
  readonly text: string | null;
  readonly nextAt: Date | null;
}
