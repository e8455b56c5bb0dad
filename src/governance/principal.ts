/** Who asks, and whether they may. Small until policies arrive, and closed by default: what is not listed is refused. */
import { InputError } from "../lib/input-error.ts";

export const ROLES = ["admin", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** A person, a service or an agent. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
}

/** `act` causes an effect in a tool: a start, a cancel, a switch. */
export const ACTIONS = ["read", "act", "administer"] as const;
export type Action = (typeof ACTIONS)[number];

const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  admin: ["read", "act", "administer"],
  viewer: ["read"],
};

/** Null is somebody we do not know, who may do nothing. */
export function may(principal: Principal | null, action: Action): boolean {
  if (principal === null) return false;
  // A role this version has never heard of may stand in a newer database: it is allowed nothing.
  return ALLOWED[principal.role]?.includes(action) ?? false;
}

export function parseRole(word: string, path = "role"): Role {
  const role = ROLES.find((known) => known === word);
  if (!role) throw new InputError(path, `"${word}" is no role; write one of ${ROLES.join(", ")}`);
  return role;
}
