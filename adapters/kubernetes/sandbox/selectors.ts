/** Label and field selectors, as the API reads them. */
import type { ApiObject } from "./objects.ts";
import { Refusal } from "./refusal.ts";

export type Test = (object: ApiObject) => boolean;

export function labelTest(selector: string | undefined): Test {
  const tests = splitOutside(selector ?? "").map(readRequirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** At commas, but not at those between parentheses. */
function splitOutside(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean);
}

function readRequirement(text: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = "", how, list = ""] = set;
    const values = new Set(list.split(",").map((value) => value.trim()));
    return (labels) => (how === "in") === values.has(labels[key] ?? "\0");
  }
  const equal = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equal) {
    const [, key = "", how, value] = equal;
    return (labels) => (how === "!=") !== (labels[key] === value);
  }
  if (/^!\S+$/.test(text)) return (labels) => !(text.slice(1) in labels);
  if (/^[^\s=!(),]+$/.test(text)) return (labels) => text in labels;
  throw new Refusal(400, "BadRequest", `unable to parse requirement: ${text}`);
}

/** Each resource knows a few fields and refuses the others. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  jobs: ["metadata.name", "metadata.namespace", "status.successful"],
  cronjobs: ["metadata.name", "metadata.namespace"],
  namespaces: ["metadata.name"],
  pods: ["metadata.name", "metadata.namespace", "status.phase", "spec.nodeName"],
  events: [
    "metadata.name",
    "metadata.namespace",
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "type",
    "source",
    "reportingComponent",
  ],
};

export function fieldTest(resource: string, selector: string | undefined): Test {
  const tests = splitOutside(selector ?? "").map((text) => {
    const [, field = "", how, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(text) ?? [];
    if (!FIELDS[resource]?.includes(field)) throw new Refusal(400, "BadRequest", `field label not supported: ${field}`);
    return (object: ApiObject) => (how === "!=") !== (fieldOf(object, field) === value);
  });
  return (object) => tests.every((test) => test(object));
}

function fieldOf(object: ApiObject, field: string): string {
  if (field === "status.successful") {
    const { status } = object as { readonly status?: { readonly succeeded?: number } };
    return String(status?.succeeded ?? 0);
  }
  const value = field
    .split(".")
    .reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | undefined)?.[step], object);
  return value === undefined || value === null ? "" : JSON.stringify(value).replace(/^"|"$/g, "");
}
