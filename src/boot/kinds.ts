/** Every kind of document there is, with the adapters that a source may name. */
import { adapters } from "../../adapters/index.ts";
import type { Kind } from "../documents/kind.ts";
import { type SourceDocument, sourceKind } from "../documents/source.ts";

export type AnyDocument = SourceDocument;

export const kinds: readonly Kind<AnyDocument>[] = [sourceKind(adapters)];
