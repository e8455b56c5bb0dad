/** The lists and single rows that a reader of Airflow asks for, in either API. */
import type { FastifyInstance } from "fastify";
import { orderOf } from "./order.ts";
import { QueryReader, type RawQuery, readTime, type Window } from "./query.ts";
import type { Right } from "./quirks.ts";
import type { DagRow, RunTime } from "./rows.ts";
import type { Range } from "./run-table.ts";
import type { Server } from "./server.ts";
import type { List } from "./tongue.ts";

interface RunPath {
  readonly dagId: string;
  readonly runId: string;
}

/** How 2.x and 3.x call the times one can ask for. */
const RUN_TIMES: Readonly<Record<string, RunTime>> = {
  updated_at: "updatedAt",
  run_after: "runAfter",
  start_date: "startDate",
  end_date: "endDate",
  logical_date: "logicalDate",
  execution_date: "logicalDate",
};

export function readRoutes(app: FastifyInstance, server: Server): void {
  const { db, quirks } = server;
  const reader = (query: unknown, list: List) => new QueryReader(query as RawQuery, server.tongue, list);

  function allow(right: Right): void {
    if (quirks.forbidden.has(right)) throw server.tongue.refuse(403, "Forbidden");
  }

  function importErrorBody(dag: DagRow, at: number): object {
    const young = server.tongue.api === "v2";
    return {
      import_error_id: at + 1,
      timestamp: new Date(dag.parsedAt).toISOString(),
      // 2.x by its whole path, 3.x within its bundle.
      filename: young ? dag.fileloc.slice(dag.fileloc.lastIndexOf("/") + 1) : dag.fileloc,
      ...(young ? { bundle_name: "dags-folder" } : {}),
      stack_trace: `Traceback (most recent call last):\n  File "${dag.fileloc}", line 1\n${dag.importError}\n`,
    };
  }

  function collection(name: string, rows: readonly object[], total: number): object {
    return quirks.hideTotals ? { [name]: rows } : { [name]: rows, total_entries: total };
  }

  function dagOf(dagId: string): DagRow {
    const dag = db.dags.get(dagId);
    if (!dag) throw server.tongue.refuse(404, `The Dag with ID: \`${dagId}\` was not found`);
    return dag;
  }

  app.get("/dags", ({ query }) => {
    allow("dags");
    const asked = reader(query, "dags");
    const hidesStale = server.tongue.api === "v1" ? asked.flag("only_active", true) : asked.flag("exclude_stale", true);
    const pattern = asked.text("dag_id_pattern");
    const dags = db.dags
      .all()
      .filter((dag) => (!dag.stale || !hidesStale) && (pattern === null || isLike(dag.dagId, pattern)));
    const rows = cut(dags, asked.window(quirks.largestPage)).map((dag) => server.tongue.dag(dag, db.now()));
    return collection("dags", rows, dags.length);
  });

  app.get<{ Params: Pick<RunPath, "dagId"> }>("/dags/:dagId", ({ params }) => {
    allow("dags");
    return server.tongue.dag(dagOf(params.dagId), db.now());
  });

  app.get<{ Params: Pick<RunPath, "dagId"> }>("/dags/:dagId/dagRuns", ({ params, query }) => {
    allow("dagRuns");
    const asked = reader(query, "dagRuns");
    const runs = db.runs.select({
      dagIds: params.dagId === "~" ? null : new Set([dagOf(params.dagId).dagId]),
      states: asked.states(),
      ranges: Object.entries(RUN_TIMES).flatMap(([name, time]) => asked.range(name, time, db.now())),
      order: orderOf(asked.text("order_by"), server.tongue, quirks.refuseOrder),
    });
    const rows = cut(runs, asked.window(quirks.largestPage)).map((run) => server.run(run));
    return collection("dag_runs", rows, runs.length);
  });

  app.get<{ Params: RunPath }>("/dags/:dagId/dagRuns/:runId", ({ params: { dagId, runId } }) => {
    allow("dagRuns");
    const run = db.runs.get(dagId, runId);
    if (run) return server.run(run);
    throw server.tongue.refuse(404, `The DagRun with dag_id: \`${dagId}\` and run_id: \`${runId}\` was not found`);
  });

  app.post<{ Params: Pick<RunPath, "dagId"> }>("/dags/:dagId/dagRuns/list", ({ params, body }) => {
    allow("dagRuns");
    if (params.dagId !== "~") throw server.tongue.refuse(404, "Not Found");
    const form = readForm(body, server);
    const runs = db.runs.select(form);
    const rows = cut(runs, form.window).map((run) => server.run(run));
    return collection("dag_runs", rows, runs.length);
  });

  app.get("/importErrors", ({ query }) => {
    allow("importErrors");
    const asked = reader(query, "importErrors");
    const broken = db.dags.all().filter((dag) => dag.importError !== null);
    const joined = server.tongue.api === "v2";
    const files = joined ? broken : firstOfEachFile(broken);
    const shown = firstOfEachFile(cut(files, asked.window(quirks.largestPage)));
    // 3.x counts and cuts the pairs of files and DAGs, and answers with the files.
    return collection("import_errors", shown.map(importErrorBody), files.length);
  });
}

function firstOfEachFile(dags: readonly DagRow[]): readonly DagRow[] {
  return dags.filter((dag, at) => dags.findIndex(({ fileloc }) => fileloc === dag.fileloc) === at);
}

function cut<T>(rows: readonly T[], { offset, limit }: Window): readonly T[] {
  return rows.slice(offset, offset + limit);
}

/** SQL's ILIKE with `%` around: no expression of any other kind, and `_` is any character. */
function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(expression, "i").test(text);
}

const FORM_FIELDS = ["dag_ids", "states", "order_by", "page_offset", "page_limit"];

/** The body of a batch question. There the times that are missing are left out, in 3.x too. */
function readForm(body: unknown, { tongue, quirks }: Server) {
  const form = (body ?? {}) as Readonly<Record<string, unknown>>;
  const times = Object.keys(RUN_TIMES).filter((name) => name !== "updated_at");
  const known = new Set([...FORM_FIELDS, ...times.flatMap((name) => [`${name}_gte`, `${name}_lte`])]);
  const unknown = Object.keys(form).find((key) => !known.has(key));
  if (unknown !== undefined) throw tongue.invalid(["body", unknown], "Extra inputs are not permitted");
  const edge = (name: string, usual: number) =>
    form[name] === undefined ? usual : readTime(form[name], tongue, ["body", name]);
  const ranges = times.map((name): Range => {
    const [from, to] = [edge(`${name}_gte`, -Infinity), edge(`${name}_lte`, Infinity)];
    return { time: RUN_TIMES[name] ?? "logicalDate", from, to, nullIs: null };
  });
  return {
    dagIds: form["dag_ids"] ? new Set(form["dag_ids"] as string[]) : null,
    states: form["states"] ? new Set(form["states"] as string[]) : null,
    ranges: ranges.filter(({ from, to }) => from !== -Infinity || to !== Infinity),
    order: orderOf((form["order_by"] as string | undefined) ?? null, tongue, quirks.refuseOrder),
    window: {
      offset: (form["page_offset"] as number | undefined) ?? 0,
      limit: Math.min((form["page_limit"] as number | undefined) ?? 100, quirks.largestPage),
    },
  };
}
