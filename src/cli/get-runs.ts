import { InputError } from "../lib/input-error.ts";
import { parseDuration, printDuration } from "../lib/duration.ts";
import { suggestion } from "../lib/suggestion.ts";
import { isRunState, RUN_STATES } from "../model/run-state.ts";
import { printMoment } from "./age.ts";
import { listOption, textOption } from "./command.ts";
import { CommandError, EXIT } from "./exit.ts";
import { followPages, type Gettable } from "./gettable.ts";

export interface Run {
  readonly id: string;
  readonly job: { readonly ref: string } | null;
  readonly externalId: string;
  readonly state: string;
  readonly nativeState: string;
  readonly attempt: number;
  readonly cause: { readonly kind: string; readonly by: string | null } | null;
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly url: string | null;
  readonly error: { readonly message: string } | null;
  readonly stale: boolean;
}

export const RUN_FIELDS = `id job { ref } externalId state nativeState attempt cause { kind by key } queuedAt startedAt endedAt
  durationMs url error { kind message } observedAt stale goneAtSource`;

export const runs: Gettable<Run> = {
  singular: "run",

  async find(client, name) {
    const { found } = await client.query<{ found: Run | null }>(
      `query ($name: ID!) { found: run(id: $name) { ${RUN_FIELDS} } }`,
      { name },
    );
    return found;
  },

  list(client, { input, limit, now }) {
    const since = textOption(input, "since");
    const filter = {
      source: listOption(input, "source"),
      label: listOption(input, "label"),
      job: listOption(input, "job"),
      state: listOption(input, "state")?.map(readState),
      startedAfter: since === undefined ? undefined : readSince(since, now).toISOString(),
      text: textOption(input, "text"),
    };
    return followPages<Run>(
      client,
      `query ($filter: RunFilter, $first: Int, $after: String) {
        found: runs(filter: $filter, first: $first, after: $after) {
          edges { node { ${RUN_FIELDS} } } pageInfo { hasNextPage endCursor }
        }
      }`,
      { filter, limit },
    );
  },

  listing: (now) => ({
    name: ({ id }) => id,
    columns: [
      { title: "JOB", cell: ({ job }) => job?.ref ?? "-" },
      { title: "RUN", cell: ({ externalId }) => externalId },
      { title: "STATE", cell: stateOf },
      { title: "STARTED", cell: ({ startedAt, queuedAt }) => printMoment(startedAt ?? queuedAt, now) },
      { title: "DURATION", cell: ({ durationMs }) => (durationMs === null ? "-" : printDuration(durationMs)) },
      { title: "ATTEMPT", wide: true, cell: ({ attempt }) => String(attempt) },
      { title: "NATIVE", wide: true, cell: ({ nativeState }) => nativeState },
      {
        title: "CAUSE",
        wide: true,
        cell: ({ cause }) => [cause?.kind.toLowerCase(), cause?.by].filter(Boolean).join(" "),
      },
      { title: "ID", wide: true, cell: ({ id }) => id },
      { title: "URL", wide: true, cell: ({ url }) => url ?? "-" },
      { title: "ERROR", cell: ({ error }) => error?.message ?? "-" },
    ],
  }),
};

/** What a silent source said last may be past: it is marked, never shown as fresh. */
function stateOf({ state, stale }: Run): string {
  return `${state.toLowerCase()}${stale ? "?" : ""}`;
}

function readState(word: string): string {
  const state = word.toLowerCase();
  if (isRunState(state)) return state.toUpperCase();
  throw new CommandError(EXIT.usage, `--state: no state "${word}"; ${suggestion(word, RUN_STATES)}`);
}

export function readSince(text: string, now: Date): Date {
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : null;
  if (moment !== null && !Number.isNaN(moment.getTime())) return moment;
  try {
    return new Date(now.getTime() - parseDuration(text));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CommandError(EXIT.usage, `--since: ${error.message}; or a time in ISO 8601`, { cause: error });
  }
}
