import { printMoment } from "./age.ts";
import { listOption, textOption } from "./command.ts";
import { followPages, type Gettable } from "./gettable.ts";

interface Job {
  readonly ref: string;
  readonly name: string;
  readonly schedule: { readonly expression: string; readonly nextAt: string | null } | null;
  readonly paused: boolean;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly url: string | null;
  readonly goneAt: string | null;
  readonly problem: string | null;
  readonly lastRun: {
    readonly state: string;
    readonly startedAt: string | null;
    readonly queuedAt: string | null;
  } | null;
}

const FIELDS = `ref name path schedule { expression dialect timezone text nextAt } paused owner tags url
  problem observedAt goneAt lastRun { id state startedAt queuedAt endedAt }`;

export const jobs: Gettable<Job> = {
  singular: "job",

  async find(client, name) {
    const { found } = await client.query<{ found: Job | null }>(
      `query ($name: String!) { found: job(ref: $name) { ${FIELDS} } }`,
      { name },
    );
    return found;
  },

  list(client, { input, limit }) {
    const filter = {
      source: listOption(input, "source"),
      label: listOption(input, "label"),
      owner: listOption(input, "owner"),
      tag: listOption(input, "tag"),
      text: textOption(input, "text"),
    };
    return followPages<Job>(
      client,
      `query ($filter: JobFilter, $first: Int, $after: String) {
        found: jobs(filter: $filter, first: $first, after: $after) {
          edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor }
        }
      }`,
      { filter, limit },
    );
  },

  listing: (now) => ({
    name: ({ ref }) => ref,
    columns: [
      { title: "JOB", cell: ({ ref }) => ref },
      { title: "SCHEDULE", cell: ({ schedule }) => schedule?.expression ?? "-" },
      { title: "STATE", cell: stateOf },
      { title: "LAST RUN", cell: ({ lastRun }) => printMoment(lastRun?.startedAt ?? lastRun?.queuedAt, now) },
      { title: "NEXT", cell: ({ schedule }) => printMoment(schedule?.nextAt, now) },
      { title: "OWNER", cell: ({ owner }) => owner ?? "-" },
      { title: "TAGS", wide: true, cell: ({ tags }) => tags.join(",") },
      { title: "PROBLEM", wide: true, cell: ({ problem }) => problem ?? "-" },
      { title: "URL", wide: true, cell: ({ url }) => url ?? "-" },
    ],
  }),
};

/** What keeps it from running says more than how the last run went. */
function stateOf({ goneAt, paused, lastRun }: Job): string {
  if (goneAt !== null) return "gone";
  const last = lastRun?.state.toLowerCase() ?? "never ran";
  return paused ? `${last} (paused)` : last;
}
