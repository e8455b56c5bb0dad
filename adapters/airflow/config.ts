/** What a person writes under `spec.config` for an Airflow. */
import { z } from "zod";
import { address, secretReference } from "../../src/adapter/config.ts";

const auth = z.discriminatedUnion("kind", [
  // Basic on 2.x, a token from `/auth/token` on 3.x: one entry survives the upgrade.
  z.strictObject({ kind: z.literal("password"), username: z.string().min(1), password: secretReference() }),
  // A token somebody else issues: Astro, Composer, a proxy.
  z.strictObject({ kind: z.literal("bearer"), token: secretReference() }),
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
