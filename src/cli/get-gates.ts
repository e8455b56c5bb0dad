import { printMoment } from "./age.ts";
import { listOption } from "./command.ts";
import { followPages, type Gettable } from "./gettable.ts";

interface Gate {
  readonly id: string;
  readonly title: string;
  readonly choices: readonly string[];
  readonly asked: readonly string[];
  readonly waiting: boolean;
  readonly openedAt: string;
  readonly url: string | null;
  readonly source: { readonly name: string };
  readonly job: { readonly ref: string } | null;
  readonly run: { readonly externalId: string } | null;
}

const FIELDS = `id home title text choices asked waiting since openedAt endedAt url source { name } job { ref }
  run { id externalId state }`;

/** What people are waited for, in whatever tool. */
export const gates: Gettable<Gate> = {
  singular: "gate",

  async find(client, name) {
    const { found } = await client.query<{ found: Gate | null }>(
      `query ($name: ID!) { found: node(id: $name) { ... on Gate { ${FIELDS} } } }`,
      { name },
    );
    // Another kind of thing has this id, and none of these fields.
    return found && "title" in found ? found : null;
  },

  list(client, { input, limit }) {
    const filter = {
      source: listOption(input, "source"),
      label: listOption(input, "label"),
      job: listOption(input, "job"),
    };
    return followPages<Gate>(
      client,
      `query ($filter: GateFilter, $first: Int, $after: String) {
        found: gates(filter: $filter, first: $first, after: $after) {
          edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor }
        }
      }`,
      { filter, limit },
    );
  },

  listing: (now) => ({
    name: ({ id }) => id,
    columns: [
      { title: "JOB", cell: ({ job, source }) => job?.ref ?? `${source.name}/?` },
      { title: "RUN", cell: ({ run }) => run?.externalId ?? "?" },
      { title: "WAITS FOR", cell: ({ title }) => title },
      { title: "ASKED", cell: ({ asked }) => asked.join(",") || "-" },
      { title: "SINCE", cell: ({ openedAt }) => printMoment(openedAt, now) },
      { title: "CHOICES", wide: true, cell: ({ choices }) => choices.join(",") || "-" },
      { title: "ID", wide: true, cell: ({ id }) => id },
      { title: "URL", cell: ({ url }) => url ?? "-" },
    ],
  }),
};
