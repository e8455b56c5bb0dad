import { listOption } from "./command.ts";
import type { Client } from "./client.ts";
import { CommandError, EXIT } from "./exit.ts";
import type { Gettable } from "./gettable.ts";

interface Dependency {
  readonly kind: string;
  readonly data: string | null;
  readonly upstreamRef: string;
  readonly downstreamRef: string;
  readonly inferred: boolean;
}

const FIELDS = "kind data upstreamRef downstreamRef inferred";

/** Which job depends on which: of all of them, or of those named by `--job`. */
export const dependencies: Gettable<Dependency> = {
  singular: "dependency",

  find() {
    throw new CommandError(EXIT.usage, "a dependency has no name; ask for those of a job with --job <ref>");
  },

  async list(client, { input, limit }) {
    const jobs = listOption(input, "job") ?? [null];
    const found = await Promise.all(jobs.map((job) => around(client, job)));
    // Two jobs that were asked for share the edge between them.
    const rows = [...new Map(found.flat().map((edge) => [nameOf(edge), edge])).values()];
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
  },

  listing: () => ({
    name: nameOf,
    columns: [
      { title: "UPSTREAM", cell: ({ upstreamRef }) => upstreamRef },
      { title: "DOWNSTREAM", cell: ({ downstreamRef }) => downstreamRef },
      { title: "BY", cell: ({ data, kind }) => data ?? kind.toLowerCase() },
    ],
  }),
};

async function around(client: Client, job: string | null): Promise<readonly Dependency[]> {
  const { found } = await client.query<{ found: readonly Dependency[] }>(
    `query ($job: String) { found: dependencies(job: $job) { ${FIELDS} } }`,
    { job },
  );
  return found;
}

function nameOf({ upstreamRef, downstreamRef, data }: Dependency): string {
  return `${upstreamRef} -> ${downstreamRef}${data === null ? "" : ` (${data})`}`;
}
