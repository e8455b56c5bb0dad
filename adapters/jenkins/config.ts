/** What a person writes under `spec.config` for a Jenkins. */
import { z } from "zod";
import { address, secretReference } from "../../src/adapter/config.ts";

const auth = z.discriminatedUnion("kind", [
  // The right one: it needs no crumb, has no session, and can be taken back by itself.
  z.strictObject({ kind: z.literal("token"), username: z.string().min(1), token: secretReference() }),
  z.strictObject({ kind: z.literal("password"), username: z.string().min(1), password: secretReference() }),
  z.strictObject({ kind: z.literal("none") }),
]);

export type JenkinsAuth = z.infer<typeof auth>;

export interface JenkinsConfig {
  readonly url: string;
  readonly auth: JenkinsAuth;
  readonly ca?: string | undefined;
  /** Of the controller's JVM, which no API tells. Without it, no next run is computed for a schedule that names no zone. */
  readonly timezone?: string | undefined;
  /** The string parameter in which a job takes our key. */
  readonly keyParameter: string;
  /** Only this folder: its full name. */
  readonly folder?: string | undefined;
  /** Of multibranch projects only these branches; `*` stands for any text. */
  readonly branches?: readonly string[] | undefined;
  /** What an UNSTABLE build is to this team. */
  readonly unstable: "succeeded" | "failed";
  /** The path of an archived JSON file that holds a build's outputs. */
  readonly outputs?: string | undefined;
  /** Whether to read `config.xml`, one request a job and hour, for the schedules in it. */
  readonly schedules: boolean;
}

export const config: z.ZodType<JenkinsConfig> = z.strictObject({
  /** Where people open Jenkins, prefix included: `https://host/jenkins`. */
  url: address()
    .refine((url) => !hasCredentials(url), "leave the user out of the url; credentials belong under auth")
    .refine((url) => !/[?#]/.test(url), "leave out everything from ? or # on")
    .refine((url) => !/\/(?:job|view)\//.test(url), "write the root of Jenkins; a folder goes into `folder`"),
  auth,
  ca: z.string().startsWith("-----BEGIN CERTIFICATE-----", "write the authority's certificate as PEM").optional(),
  timezone: z.string().refine(isTimezone, "is no time zone; write it as Europe/Zurich").optional(),
  keyParameter: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, "letters, digits and _ only")
    .default("TUTTI_KEY"),
  folder: z
    .string()
    .regex(/^[^/]+(?:\/[^/]+)*$/, "write the full name, as team/etl")
    .optional(),
  branches: z.array(z.string().min(1)).min(1).optional(),
  unstable: z.enum(["succeeded", "failed"]).default("succeeded"),
  outputs: z
    .string()
    .regex(/^[^/].*$/, "write the path as Jenkins lists it, without a slash before it")
    .optional(),
  schedules: z.boolean().default(true),
});

/** The root of everything, without the slash at its end. */
export function rootOf({ url }: JenkinsConfig): string {
  return url.replace(/\/+$/, "");
}

/** Whom our own triggers are attributed to; null where nobody logs in. */
export function userOf({ auth }: JenkinsConfig): string | null {
  return auth.kind === "none" ? null : auth.username;
}

function hasCredentials(url: string): boolean {
  return URL.canParse(url) && new URL(url).username !== "";
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
