/** The released OpenAPI document of Kubernetes as a judge of requests and answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { Exchange } from "../../../adapters/kubernetes/sandbox/server.ts";

type Node = { readonly [key: string]: unknown };

export interface Spec {
  /** Whether this part of the API is in the document at all. */
  covers(exchange: Pick<Exchange, "method" | "url">): boolean;
  /** What the document has against this exchange; empty when it agrees. */
  complaints(exchange: Exchange): string[];
  complaintsOf(kind: keyof typeof KINDS, object: unknown): string[];
}

const KINDS = {
  Job: "io.k8s.api.batch.v1.Job",
  CronJob: "io.k8s.api.batch.v1.CronJob",
  Pod: "io.k8s.api.core.v1.Pod",
  Status: "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
} as const;

/** Where the document says less than what Go writes: both forms of a number, and no time as null. */
const LOOSER: Readonly<Record<string, Node>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { type: ["integer", "string"] },
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { type: ["string", "number"] },
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {
    type: ["string", "null"],
    pattern: "^\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z$",
  },
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": { type: ["string", "null"] },
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly type?: string;
  readonly schema?: Node;
}

interface Operation {
  readonly parameters?: readonly Node[];
  readonly responses: Readonly<Record<string, { readonly schema?: Node } | undefined>>;
}

export function readSpec(): Spec {
  const file = join(import.meta.dirname, "../../corpus/kubernetes/kubernetes-batch-core-subset.swagger.json");
  const document = JSON.parse(readFileSync(file, "utf8")) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly definitions: Readonly<Record<string, Node>>;
    readonly parameters: Readonly<Record<string, Node>>;
  };
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false });
  ajv.addSchema({ $id: "spec", definitions: { ...closed(document.definitions), ...LOOSER } });

  function wrongs(schema: Node, value: unknown): string[] {
    if (typeof schema["$ref"] !== "string") return [];
    const name = schema["$ref"].split("/").at(-1) ?? "";
    // What clients send to patch and delete has no definition in this part of the document.
    if (!document.definitions[name]) return [];
    const validate = ajv.getSchema(`spec#/definitions/${name}`);
    if (!validate) throw new Error(`the spec defines no ${name}`);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = (params as { readonly additionalProperty?: string }).additionalProperty;
      return `${instancePath.replaceAll(/\d+/g, "*")} ${message}${extra === undefined ? "" : `: ${extra}`}`;
    });
  }

  const paths = Object.entries(document.paths).map(([path, item]) => ({
    item,
    pattern: new RegExp(`^${path.replace(/\/$/, "/?").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
  }));
  const find = ({ method, url }: Pick<Exchange, "method" | "url">) => {
    const { pathname } = new URL(url, "http://cluster");
    const item = paths.find(({ pattern }) => pattern.test(pathname))?.item;
    const operation = item?.[method.toLowerCase()] as Operation | undefined;
    if (!item || !operation) return null;
    const nodes = [...((item["parameters"] as Node[] | undefined) ?? []), ...(operation.parameters ?? [])];
    const parameters = nodes.map((node) => {
      const ref = node["$ref"];
      return (typeof ref === "string"
        ? document.parameters[ref.split("/").at(-1) ?? ""]
        : node) as unknown as Parameter;
    });
    return { operation, parameters };
  };

  function answerWrongs({ status, answer }: Exchange, { responses }: Operation): string[] {
    // A refusal has one shape, wherever it comes from; the document lists but one of them.
    const schema = status >= 400 ? { $ref: `#/definitions/${KINDS.Status}` } : responses[status]?.schema;
    if (!schema) return [`answer ${status} is not known`];
    return wrongs(schema, answer).map((wrong) => `answer ${status} ${wrong}`);
  }

  return {
    covers: (exchange) => find(exchange) !== null,
    complaints(exchange) {
      const found = find(exchange);
      if (!found) return ["no such path"];
      const { searchParams } = new URL(exchange.url, "http://cluster");
      const body = found.parameters.find((parameter) => parameter.in === "body")?.schema;
      const all = [
        ...[...searchParams].flatMap(([name, value]) => queryWrongs(found.parameters, name, value)),
        ...(body && exchange.body ? wrongs(body, exchange.body).map((wrong) => `body ${wrong}`) : []),
        ...answerWrongs(exchange, found.operation),
      ];
      return [...new Set(all)];
    },
    complaintsOf: (kind, object) => wrongs({ $ref: `#/definitions/${KINDS[kind]}` }, object),
  };
}

const FORMS: Readonly<Record<string, RegExp>> = { integer: /^\d+$/, boolean: /^(?:true|false|1|0)$/, string: /^/ };

function queryWrongs(parameters: readonly Parameter[], name: string, value: string): string[] {
  const parameter = parameters.find((one) => one.in === "query" && one.name === name);
  if (!parameter) return [`query ${name} is not known`];
  return FORMS[parameter.type ?? "string"]?.test(value) ? [] : [`query ${name} is no ${parameter.type}`];
}

/** A field that the document does not name is one that somebody has invented. */
function closed(definitions: Readonly<Record<string, Node>>): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [
      name,
      schema["properties"] === undefined ? schema : { ...schema, additionalProperties: false },
    ]),
  );
}
