/** What a person writes under `spec.config` for an Airflow. */
import { z } from "zod";
import { address, secretReference } from "../../src/adapter/config.ts";

const mwaa = z.strictObject({
  kind: z.literal("mwaa"),
  environment: z.string().regex(/^[a-zA-Z][\w-]{0,79}$/, "must be the name of an environment of MWAA"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "must be a region, such as eu-central-1"),
  accessKeyId: secretReference(),
  secretAccessKey: secretReference(),
  sessionToken: secretReference().optional(),
  /** Of the API of AWS, where a private network has one of its own. */
  endpoint: address().optional(),
});

export type MwaaAuth = z.infer<typeof mwaa>;

const auth = z.discriminatedUnion("kind", [
  // Basic on 2.x, a token from `/auth/token` on 3.x: one entry survives the upgrade.
  z.strictObject({ kind: z.literal("password"), username: z.string().min(1), password: secretReference() }),
  // A token somebody else issues: Astro, a proxy, a sidecar that writes it into a file.
  z.strictObject({ kind: z.literal("bearer"), token: secretReference() }),
  // Composer: the key file of a service account.
  z.strictObject({ kind: z.literal("google"), serviceAccount: secretReference() }),
  mwaa,
  z.strictObject({ kind: z.literal("none") }),
]);

export type AirflowAuth = z.infer<typeof auth>;

export interface AirflowConfig {
  readonly url: string;
  readonly auth: AirflowAuth;
  readonly ca?: string | undefined;
}

export const config: z.ZodType<AirflowConfig> = z.strictObject({
  /** Where people open Airflow, prefix included: `https://host/airflow`. */
  url: address()
    .refine((url) => !hasCredentials(url), "leave the user out of the url; credentials belong under auth")
    .refine((url) => !/[?#]/.test(url), "leave out everything from ? or # on")
    .refine((url) => !/\/api\/v\d+\/?$/.test(url), "leave /api/v1 or /api/v2 out; which one it speaks is found out"),
  auth,
  ca: z.string().startsWith("-----BEGIN CERTIFICATE-----", "write the authority's certificate as PEM").optional(),
});

/** The root of everything, without the slash at its end. */
export function rootOf({ url }: AirflowConfig): string {
  return url.replace(/\/+$/, "");
}

function hasCredentials(url: string): boolean {
  return URL.canParse(url) && new URL(url).username !== "";
}
