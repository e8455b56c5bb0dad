import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A database or a transaction: every query takes it first, so the caller draws the boundary. */
export type Db = Kysely<Tables>;
