/**
 * Stores what can be stored of a page that PostgreSQL refuses. Our own check comes first; this is for what it missed,
 * so that one row never blocks its source.
 */
import { DatabaseError } from "pg";

/** Bad data, a limit of the server, a constraint of ours: the same rows would fail again. */
const POISON = /^(22|23514|54)/;

/** Halves the items at each refusal until the one that is to blame stands alone. */
export async function aroundPoison<T>(
  items: readonly T[],
  store: (items: readonly T[]) => Promise<void>,
  refused: (item: T, reason: string) => void,
): Promise<void> {
  if (items.length === 0) return;
  try {
    await store(items);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !POISON.test(error.code ?? "")) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) return refused(only, `the database refused it: ${error.message}`);
    const middle = Math.ceil(items.length / 2);
    await aroundPoison(items.slice(0, middle), store, refused);
    await aroundPoison(items.slice(middle), store, refused);
  }
}
