/** What a replica knows of tools, without their sandboxes: it is loaded some hundred times. */
import { adapters } from "../../adapters/index.ts";
import type { Adapter } from "../../src/adapter/contract.ts";
import { toy } from "../contract/toy/index.ts";

export const ADAPTERS: readonly Adapter[] = [...adapters, toy];
