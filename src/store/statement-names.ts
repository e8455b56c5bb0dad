/**
 * A name for each statement that comes again, so that PostgreSQL plans it once a connection.
 *
 * Bounded, because a name lives in every backend until the connection ends; and given at the second sight, because
 * texts that differ each time (a list of values of varying length) would otherwise use the bound up.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #seenOnce = new Set<string>();
  readonly #limit: number;

  constructor(limit = 300) {
    this.#limit = limit;
  }

  /** Undefined for what goes unnamed: no parameters (transaction control, LISTEN), first sight, or the bound is reached. */
  of(text: string, parameters: readonly unknown[]): string | undefined {
    if (parameters.length === 0) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= this.#limit) return known;
    if (!this.#seenOnce.delete(text)) return this.#remember(text);
    const name = `t${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }

  #remember(text: string): undefined {
    if (this.#seenOnce.size >= 4 * this.#limit) this.#seenOnce = new Set();
    this.#seenOnce.add(text);
  }
}
