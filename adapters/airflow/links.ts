/** Which DAGs read and write which data: Airflow's datasets, called assets from 3.0 on. */
import type { Page } from "../../src/adapter/contract.ts";
import type { ForeignLink } from "../../src/model/foreign.ts";
import { field, getList } from "./client.ts";
import { type Chunk, readList } from "./paging.ts";
import { type AirflowAsset, assetRow } from "./rows.ts";
import type { Session, Talk } from "./session.ts";

const ASSETS_PER_PAGE = 100;

export async function* readLinks(session: Session, talk: Talk): AsyncGenerator<Page<ForeignLink>> {
  if (!talk.dialect.assets) {
    yield { items: [], rejected: [], readAt: (await session.detect(talk.signal)).readAt };
    return;
  }
  const name = talk.dialect.api === "v1" ? "datasets" : "assets";
  const chunks = readList({
    of: name,
    limit: ASSETS_PER_PAGE,
    rowsMayLeave: true,
    identify: field("id"),
    fetch: (window) => getList(talk, name, `${talk.dialect.base}/${name}`, { ...window, order_by: "id" }),
  });
  for await (const chunk of chunks) yield linkPage(chunk);
}

function linkPage({ rows, readAt }: Chunk): Page<ForeignLink> {
  const parsed = rows.map((row) => ({ row, asset: assetRow.safeParse(row) }));
  return {
    items: parsed.flatMap(({ asset }) => (asset.success ? toLinks(asset.data) : [])),
    rejected: parsed.flatMap(({ row, asset }) =>
      asset.success ? [] : [{ kind: "job", id: field("uri")(row), reason: "an asset nobody can read", sample: row }],
    ),
    readAt,
  };
}

/** One edge for a DAG, however many of its tasks touch the data. */
export function toLinks(asset: AirflowAsset): ForeignLink[] {
  const readers = [...asset.scheduled_dags, ...asset.consuming_dags, ...asset.consuming_tasks];
  return [...edges(asset.uri, "writes", asset.producing_tasks), ...edges(asset.uri, "reads", readers)];
}

function edges(
  data: string,
  access: "reads" | "writes",
  dags: readonly { readonly dag_id?: string | null | undefined }[],
): ForeignLink[] {
  const jobIds = new Set(dags.flatMap(({ dag_id }) => (dag_id ? [dag_id] : [])));
  return [...jobIds].map((jobId) => ({ kind: "data", jobId, access, data }));
}
