import { printMoment } from "./age.ts";
import { listOption, textOption } from "./command.ts";
import type { Gettable } from "./gettable.ts";

interface Source {
  readonly name: string;
  readonly adapter: string;
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly reachable: boolean | null;
  readonly version: string | null;
  readonly handOff: string;
  readonly lastSyncedAt: string | null;
  readonly error: string | null;
}

const FIELDS = "name adapter url labels reachable version handOff lastSyncedAt lagMs error";

export const sources: Gettable<Source> = {
  singular: "source",

  async find(client, name) {
    const { found } = await client.query<{ found: Source | null }>(
      `query ($name: String!) { found: source(name: $name) { ${FIELDS} } }`,
      { name },
    );
    return found;
  },

  async list(client, { input, limit }) {
    const { found } = await client.query<{ found: readonly Source[] }>(`{ found: sources { ${FIELDS} } }`);
    const [names, labels] = [listOption(input, "source"), listOption(input, "label")];
    const text = textOption(input, "text")?.toLowerCase();
    const rows = found
      .filter(({ name }) => !names || names.includes(name))
      .filter((source) => labels?.every((label) => hasLabel(source, label)) ?? true)
      .filter(({ name, url }) => text === undefined || `${name} ${url}`.toLowerCase().includes(text));
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
  },

  listing: (now) => ({
    name: ({ name }) => name,
    columns: [
      { title: "NAME", cell: ({ name }) => name },
      { title: "ADAPTER", cell: ({ adapter }) => adapter },
      { title: "STATE", cell: stateOf },
      { title: "VERSION", cell: ({ version }) => version ?? "-" },
      { title: "SYNCED", cell: ({ lastSyncedAt }) => printMoment(lastSyncedAt, now) },
      { title: "HAND-OFF", wide: true, cell: ({ handOff }) => handOff.toLowerCase() },
      { title: "LABELS", wide: true, cell: printLabels },
      { title: "URL", wide: true, cell: ({ url }) => url },
      { title: "ERROR", cell: ({ error }) => error ?? "-" },
    ],
  }),
};

/** A source nobody has asked yet is neither. */
function stateOf({ reachable }: Source): string {
  if (reachable === null) return "unknown";
  return reachable ? "reachable" : "unreachable";
}

function printLabels({ labels }: Source): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function hasLabel({ labels }: Source, wanted: string): boolean {
  const [key = "", value] = wanted.split("=", 2);
  return value === undefined ? Object.hasOwn(labels, key) : labels[key] === value;
}
