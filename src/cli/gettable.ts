/** What `get` needs to know of a kind of thing. */
import type { Client } from "./client.ts";
import type { Input } from "./command.ts";
import type { Listing } from "./output.ts";

export interface Gettable<Row extends object = object> {
  readonly singular: string;
  find(client: Client, name: string): Promise<Row | null>;
  list(client: Client, question: Question): Promise<Found<Row>>;
  listing(now: Date): Listing<Row>;
}

export interface Question {
  readonly input: Input;
  readonly now: Date;
  /** Infinity for all of them. */
  readonly limit: number;
}

export interface Found<Row> {
  readonly rows: readonly Row[];
  /** The limit cut the list. */
  readonly hasMore: boolean;
}

interface Connection<Row> {
  readonly edges: readonly { readonly node: Row }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The API refuses more at once. */
const PAGE = 500;

/** Follows the cursors of a connection called `found` as far as the limit wants. */
export async function followPages<Row>(
  client: Client,
  document: string,
  { filter, limit }: { readonly filter: object; readonly limit: number },
): Promise<Found<Row>> {
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const first = Math.min(PAGE, limit - rows.length);
    const { found }: { found: Connection<Row> } = await client.query(document, { filter, first, after });
    rows.push(...found.edges.map(({ node }) => node));
    after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
  } while (after !== null && rows.length < limit);
  return { rows, hasMore: after !== null };
}
