/** Every migration by name, oldest first. A list in code, so that a bundle holds them and nothing is read at run time. */
import type { Migration } from "kysely";
import * as theMirror from "./0001-the-mirror.ts";
import * as acting from "./0002-acting.ts";
import * as gatesAndLinks from "./0003-gates-and-links.ts";

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-the-mirror": theMirror,
  "0002-acting": acting,
  "0003-gates-and-links": gatesAndLinks,
};
