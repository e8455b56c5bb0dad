/**
 * Relay connections, forward only: `first` and `after`. Edges are made here, cursors and page information only when
 * somebody asks for them.
 */
import { InputError } from "../../lib/input-error.ts";
import type { Keyset, Slice } from "../../model/view.ts";
import { builder, type ObjectRefOf } from "./builder.ts";
import { type CursorList, parseCursor, printCursor } from "./cursor.ts";

export const DEFAULT_FIRST = 50;
export const MAX_FIRST = 500;

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

interface Edge<T> {
  readonly node: T;
  /** Shared by all edges of a page. */
  cursorOf(node: T): string;
}

export interface PageAsked {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const PageInfoRef = builder.objectRef<Connection<unknown>>("PageInfo").implement({
  description: "Where this page lies in its list.",
  fields: (t) => ({
    hasNextPage: t.exposeBoolean("hasNextPage", { description: "More follows after `endCursor`." }),
    hasPreviousPage: t.exposeBoolean("hasPreviousPage", {
      description: "Something came before: true for every page that was asked for with `after`.",
    }),
    startCursor: t.string({
      nullable: true,
      description: "The cursor of the first item; null on an empty page.",
      resolve: (page) => cursorAt(page, 0),
    }),
    endCursor: t.string({
      nullable: true,
      description: "The cursor of the last item, to ask `after` for the next page; null on an empty page.",
      resolve: (page) => cursorAt(page, -1),
    }),
  }),
});

/** `Run` becomes `RunConnection` and `RunEdge`. */
export function connectionType<T extends object>(name: string, plural: string, NodeType: ObjectRefOf<T>) {
  const EdgeRef = builder.objectRef<Edge<T>>(`${name}Edge`).implement({
    description: `One of a page of ${plural}, with its place in the list.`,
    fields: (t) => ({
      node: t.expose("node" as never, { type: NodeType, description: "The item itself." }),
      cursor: t.string({
        description: "Opaque; give it to `after` to go on from here.",
        resolve: (edge) => edge.cursorOf(edge.node),
      }),
    }),
  });
  return builder.objectRef<Connection<T>>(`${name}Connection`).implement({
    description: `A page of ${plural}.`,
    fields: (t) => ({
      edges: t.field({ type: [EdgeRef], description: "The page, in order.", resolve: (page) => page.edges }),
      pageInfo: t.field({ type: PageInfoRef, description: "Where the page lies.", resolve: (page) => page }),
    }),
  });
}

/** What the store is asked for: checked, with our default. */
export function pageOf(
  list: CursorList,
  { first, after }: PageAsked,
): { readonly first: number; readonly after?: Keyset } {
  const size = first ?? DEFAULT_FIRST;
  if (size < 1 || size > MAX_FIRST) throw new InputError("first", `first is ${size}; ask for 1 to ${MAX_FIRST}`);
  return after == null ? { first: size } : { first: size, after: parseCursor(list, after) };
}

export function toConnection<T>(
  slice: Slice<T>,
  { list, after, keysetOf }: { list: CursorList; after: unknown; keysetOf: (node: T) => Keyset },
): Connection<T> {
  const cursorOf = (node: T) => printCursor(list, keysetOf(node));
  return {
    edges: slice.items.map((node) => ({ node, cursorOf })),
    hasNextPage: slice.hasMore,
    hasPreviousPage: after != null,
  };
}

function cursorAt(page: Connection<unknown>, index: number): string | null {
  const edge = page.edges.at(index);
  return edge ? edge.cursorOf(edge.node) : null;
}
