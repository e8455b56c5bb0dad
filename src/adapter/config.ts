/** What the configs of all adapters have in common. */
import { z } from "zod";
import { refusalOf, SECRET_REFERENCE } from "./secrets.ts";

/** `env:NAME` or `file:/path`. A literal is refused without being repeated, for it may be the secret itself. */
export function secretReference() {
  return z
    .string()
    .regex(SECRET_REFERENCE, "must be a reference, env:NAME or file:/path; a secret itself is never written here")
    .refine((reference) => refusalOf(reference) === null, { error: ({ input }) => refusalOf(String(input)) ?? "" });
}

/** Where a tool is found. What else may be wrong with an address is the boundary's to say. */
export function address() {
  return z.url({ protocol: /^https?$/, error: "must be an address that begins with http:// or https://" });
}
