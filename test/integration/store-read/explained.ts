/** How PostgreSQL carries a reading query out: which tables it reads whole and how many rows it touches. */
import type { Client } from "pg";
import type { Db } from "../../../src/store/db.ts";
import { createReader, type Reader } from "../../../src/store/read/reader.ts";

export interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statement behind a query, without asking it. */
export async function statementOf(ask: (reader: Reader) => Promise<unknown>): Promise<Question> {
  let question: Question | undefined;
  const spy = {
    executeQuery(query: { sql: string; parameters: readonly unknown[] }) {
      question = { text: query.sql, values: query.parameters };
      return Promise.reject(new Error("not asked"));
    },
  };
  await ask(createReader(spy as unknown as Db)).catch(() => undefined);
  if (!question) throw new Error("nothing was asked");
  return question;
}

export interface Explained {
  /** Big tables that the plan may read whole, be it carried out or not. */
  readonly readWhole: readonly string[];
  /** Rows read from `run` and `job`, those that were dropped included. */
  readonly rowsRead: number;
  readonly ms: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PlanNode[];
}

const BIG = new Set(["run", "job", "run_attempt", "foreign_gate", "job_link"]);

/** With the plan that knows the values (`custom`) or the one made for any (`generic`). */
export async function explain(
  client: Client,
  { text, values }: Question,
  mode: "custom" | "generic",
): Promise<Explained> {
  await client.query(`set plan_cache_mode = force_${mode}_plan`);
  await client.query(`prepare asked as ${text}`);
  try {
    const places = values.map((value) => literal(client, value)).join(", ");
    const { rows } = await client.query(`explain (analyze, format json) execute asked${places && `(${places})`}`);
    const [{ Plan, "Execution Time": ms }] = rows[0]["QUERY PLAN"] as [{ Plan: PlanNode; "Execution Time": number }];
    const nodes = [...nodesOf(Plan)].filter((node) => BIG.has(node["Relation Name"] ?? ""));
    return {
      readWhole: nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"] ?? ""),
      rowsRead: nodes.reduce((sum, node) => sum + rowsOf(node), 0),
      ms,
    };
  } finally {
    await client.query("deallocate asked");
  }
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

/** A loop's rows are told as a mean. */
function rowsOf(node: PlanNode): number {
  const rows =
    (node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return rows * (node["Actual Loops"] ?? 0);
}

function literal(client: Client, value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "number" ? String(value) : client.escapeLiteral(String(value));
  return `array[${value.map((item) => literal(client, item)).join(", ")}]`;
}
