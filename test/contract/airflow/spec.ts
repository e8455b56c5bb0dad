/** A released OpenAPI spec of Airflow as a judge of requests and answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2019, type ValidateFunction } from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import type { Exchange } from "../../../adapters/airflow/sandbox/server.ts";
import { jsonSchemaOf, type Node } from "./json-schema.ts";

export interface Spec {
  /** What the spec has against this exchange; empty when it agrees. */
  complaints(exchange: Exchange): string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Node;
}

interface Operation {
  readonly parameters?: readonly Node[];
  readonly requestBody?: Node;
  readonly responses?: Readonly<Record<string, Node>>;
}

export function readSpec(file: string, base: string): Spec {
  const text = readFileSync(join(import.meta.dirname, "../../corpus/airflow", file), "utf8");
  const document = parse(text, { maxAliasCount: -1 }) as Node;
  const schemas = jsonSchemaOf(document);
  // Text from a query is a number or a flag by its schema; a body is what it is.
  const [bodies, texts] = [false, true].map((coerceTypes) => {
    const ajv = new Ajv2019({ strict: false, allErrors: true, coerceTypes, logger: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "spec", ...schemas });
    return ajv;
  }) as [Ajv2019, Ajv2019];
  const compiled = new Map<string, ValidateFunction>();

  function wrongs(ajv: Ajv2019, schema: Node, value: unknown): string[] {
    const key = `${ajv === texts ? "text" : "body"} ${JSON.stringify(schema)}`;
    const validate = compiled.get(key) ?? ajv.compile(absolute(jsonSchemaOf(schema)));
    compiled.set(key, validate);
    if (validate(structuredClone(value))) return [];
    return (validate.errors ?? []).map((error) => {
      const property = (error.params as { readonly unevaluatedProperty?: string }).unevaluatedProperty;
      return `${error.instancePath.replaceAll(/\d+/g, "*")} ${error.message}${property ? `: ${property}` : ""}`;
    });
  }

  const resolve = (node: Node): Node => {
    const ref = node["$ref"];
    if (typeof ref !== "string") return node;
    return ref
      .slice(2)
      .split("/")
      .reduce((at, step) => at[step] as Node, document);
  };

  const paths = Object.entries(document["paths"] as Readonly<Record<string, Node>>)
    .map(([path, item]) => ({ item, pattern: patternOf(path, base), wildcards: path.split("{").length }))
    // `/dags/~/dagRuns/list` before `/dags/{dag_id}/dagRuns/{dag_run_id}`.
    .sort((a, b) => a.wildcards - b.wildcards);

  function complaintsOf(exchange: Exchange): string[] {
    const url = new URL(exchange.url, "http://airflow");
    const method = exchange.method.toLowerCase();
    const found = paths.find(({ pattern, item }) => pattern.test(url.pathname) && item[method] !== undefined);
    if (!found) return ["no such path"];
    const operation = found.item[method] as Operation;
    const parameters = [...((found.item["parameters"] as Node[] | undefined) ?? []), ...(operation.parameters ?? [])];
    return [
      ...queryComplaints(
        url,
        parameters.map((parameter) => resolve(parameter) as unknown as Parameter),
      ),
      ...bodyComplaints(exchange, operation),
      ...answerComplaints(exchange, operation),
    ];
  }

  function queryComplaints(url: URL, parameters: readonly Parameter[]): string[] {
    return [...new Set(url.searchParams.keys())].flatMap((name) => {
      const parameter = parameters.find((one) => one.in === "query" && one.name === name);
      if (!parameter) return [`query ${name} is not known`];
      const schema = resolve(parameter.schema ?? {});
      const values = url.searchParams.getAll(name);
      if (values.length > 1 && schema["type"] !== "array") return [`query ${name} is given twice`];
      const value = schema["type"] === "array" ? values : values[0];
      return wrongs(texts, schema, value).map((wrong) => `query ${name}${wrong}`);
    });
  }

  function bodyComplaints({ body }: Exchange, { requestBody }: Operation): string[] {
    const schema = requestBody ? jsonContent(resolve(requestBody)) : null;
    if (!schema) return body === undefined || body === null ? [] : ["a body where none belongs"];
    return wrongs(bodies, schema, body).map((wrong) => `body ${wrong}`);
  }

  function answerComplaints({ status, answer, contentType }: Exchange, { responses = {} }: Operation): string[] {
    const response = responses[status];
    if (!response) return [`answer ${status} is not known`];
    const { content } = resolve(response) as { readonly content?: Readonly<Record<string, unknown>> };
    const type = contentType.split(";")[0] ?? "";
    // A log is text, or lines of JSON: of those a spec says nothing more.
    const schema = /[/+]json$/.test(type) ? jsonContent(resolve(response)) : null;
    const odd = content && !(type in content) ? [`answer ${status} is ${type}`] : [];
    return [...odd, ...(schema ? wrongs(bodies, schema, answer).map((wrong) => `answer ${status} ${wrong}`) : [])];
  }

  return { complaints: (exchange) => [...new Set(complaintsOf(exchange))] };
}

function jsonContent(node: Node): Node | null {
  const content = node["content"] as Readonly<Record<string, { readonly schema?: Node }>> | undefined;
  return content?.["application/json"]?.schema ?? null;
}

function patternOf(path: string, base: string): RegExp {
  const full = path.startsWith("/api/") ? path : `${base}${path}`;
  return new RegExp(`^${full.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

/** A reference into the document, from a schema that stands outside of it. */
function absolute(schema: Node): Node {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"spec#/')) as Node;
}
