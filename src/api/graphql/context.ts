/** What every resolver may use: who asks, the reading queries, and loaders that live as long as one question. */
import type { Acting } from "../../engine/acting.ts";
import type { Peek } from "../../engine/peek.ts";
import type { Principal } from "../../governance/principal.ts";
import type { RunFeed } from "../subscriptions/run-feed.ts";
import type { Reader } from "../../store/read/reader.ts";
import type { Check } from "../../model/check.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { createPeeks, type Peeks } from "./peeks.ts";

/** What every context is made of, however the question came in. */
export interface ContextParts {
  readonly reader: Reader;
  readonly feed: RunFeed;
  /** Examines the connection to the source of this name, over the network and with its secrets. */
  readonly examine: (source: string) => Promise<readonly Check[]>;
  readonly acting: Acting;
  readonly peek: Peek;
}

export class ApiContext {
  readonly principal: Principal;
  readonly reader: Reader;
  readonly feed: RunFeed;
  readonly examine: ContextParts["examine"];
  readonly acting: Acting;
  readonly peek: Peek;
  readonly #remember: boolean;
  #loaders: Loaders | null = null;
  #peeks: Peeks | null = null;

  constructor(principal: Principal, parts: ContextParts, lifetime: "question" | "subscription") {
    this.principal = principal;
    this.reader = parts.reader;
    this.feed = parts.feed;
    this.examine = parts.examine;
    this.acting = parts.acting;
    this.peek = parts.peek;
    // A subscription lives for hours: a loader that remembered would answer with the rows of its first minute.
    this.#remember = lifetime === "question";
  }

  /** Made on first use: the hot shapes are answered by one joined statement and need none. */
  get loaders(): Loaders {
    this.#loaders ??= createLoaders(this.reader, { remember: this.#remember });
    return this.#loaders;
  }

  /** What is asked of the tools for this question alone. */
  get peeks(): Peeks {
    this.#peeks ??= createPeeks(this.peek, this.#remember);
    return this.#peeks;
  }
}
