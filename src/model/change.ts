/** What one commit changed, as it is told to whoever listens. Ids only: a listener reads the rows anew. */
export interface Change {
  readonly sourceId: number;
  /** "many" where the list would not fit into one notification. */
  readonly runs: readonly number[] | "many";
}
