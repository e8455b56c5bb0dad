/** What a person writes under `spec.config` for a cluster. */
import { z } from "zod";
import { address, secretReference } from "../../src/adapter/config.ts";
import { zoneNamed } from "../../src/model/schedule/local-time.ts";

const ca = z.string().startsWith("-----BEGIN CERTIFICATE-----", "write the authority's certificate as PEM");
const path = z.string().startsWith("/", "write the whole path, from / on");

const access = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("kubeconfig"),
    path,
    /** Its current one, unless said otherwise. */
    context: z.string().min(1).optional(),
    /** An `exec` plugin is a command that runs on our machine: only who may write this file may say yes to it. */
    allowExec: z.boolean().default(false),
  }),
  // From a pod of the cluster itself.
  z.strictObject({
    kind: z.literal("in-cluster"),
    url: address().default("https://kubernetes.default.svc"),
    folder: path.default("/var/run/secrets/kubernetes.io/serviceaccount"),
  }),
  z.strictObject({ kind: z.literal("token"), url: address(), token: secretReference(), ca: ca.optional() }),
  z.strictObject({
    kind: z.literal("certificate"),
    url: address(),
    certificate: secretReference(),
    key: secretReference(),
    ca: ca.optional(),
  }),
  // Behind `kubectl proxy`, which shows who it is by itself.
  z.strictObject({ kind: z.literal("none"), url: address() }),
]);

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a name as Kubernetes allows: a-z, 0-9 and -, at most 63");

const template = z.strictObject({
  namespace: dnsLabel,
  name: dnsLabel,
  /** A Job's `spec`, as one would write it for `kubectl create`. */
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.unknown()).min(1) }) }),
  }),
  labels: z.record(z.string(), z.string()).default({}),
  /** Names of the environment variables that a start may set; all that hide nothing, unless said otherwise. */
  parameters: z.array(z.string().min(1)).optional(),
});

const DAY_SECONDS = 86_400;

const settings = z.strictObject({
  access,
  /** All of them, unless listed. A right in each is enough then, and none on the whole cluster is needed. */
  namespaces: z.array(dnsLabel).min(1).optional(),
  labelSelector: z.string().min(1).optional(),
  /** A label by whose value Jobs without a CronJob belong together. */
  groupBy: z.string().min(1).optional(),
  /** Where a CronJob names no zone, it follows the clock of the controller, which no API tells. */
  defaultTimeZone: z
    .string()
    .refine((zone) => zoneNamed(zone) !== null, "is no time zone that we know; write one such as Europe/Paris")
    .default("UTC"),
  /** Links for people: `https://dashboard.example/#/{kind}/{namespace}/{name}`. */
  dashboard: z.url({ protocol: /^https?$/ }).optional(),
  templates: z.array(template).default([]),
  started: z
    .strictObject({
      /** Whether the CronJob counts our runs among its own, and cleans them up with its own. */
      owner: z.enum(["loose", "controlled", "none"]).default("loose"),
      /** The API refuses a second run only as long as the first one is there to be seen. */
      keepSeconds: z
        .number()
        .int()
        .min(600)
        .default(7 * DAY_SECONDS),
      /** What to do about a CronJob that forbids overlaps while one of its runs is under way. */
      overlap: z.enum(["warn", "refuse"]).default("warn"),
    })
    .prefault({}),
  /** `deadline` ends the pods and keeps the Job as a record; `delete` takes both away. */
  cancel: z.enum(["deadline", "delete"]).default("deadline"),
  pageSize: z.number().int().min(10).max(5_000).default(500),
});

export type KubernetesConfig = z.infer<typeof settings>;
export type Access = KubernetesConfig["access"];
export type Template = KubernetesConfig["templates"][number];

export const config = settings as unknown as z.ZodType<KubernetesConfig>;

/** Where people would look: the dashboard they named, or else the API itself. */
export function addressOf({ access: way, dashboard }: KubernetesConfig): string {
  if (dashboard !== undefined) return dashboard.replace(/\{(?:kind|namespace|name)\}.*$/, "");
  return way.kind === "kubeconfig" ? `file://${way.path}${way.context ? `#${way.context}` : ""}` : way.url;
}
