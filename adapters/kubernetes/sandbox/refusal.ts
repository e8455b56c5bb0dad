/** How the API says no: a `Status`, whose message kubectl prints as it is. */

export class Refusal extends Error {
  readonly code: number;
  readonly body: object;

  constructor(code: number, reason: string, message: string, more: object = {}) {
    super(message);
    this.code = code;
    this.body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code, ...more };
  }
}

export function notFound(resource: string, group: string, name: string): Refusal {
  const full = group === "" ? resource : `${resource}.${group}`;
  const details = { name, ...(group === "" ? {} : { group }), kind: resource };
  return new Refusal(404, "NotFound", `${full} "${name}" not found`, { details });
}

export function alreadyExists(resource: string, group: string, name: string): Refusal {
  const details = { name, group, kind: resource };
  return new Refusal(409, "AlreadyExists", `${resource}.${group} "${name}" already exists`, { details });
}

export interface InvalidField {
  readonly field: string;
  readonly message: string;
}

export function invalid(kind: string, group: string, name: string, causes: readonly InvalidField[]): Refusal {
  const text = causes.map(({ field, message }) => `${field}: ${message}`).join(", ");
  const message = `${kind}.${group} "${name}" is invalid: ${causes.length > 1 ? `[${text}]` : text}`;
  const details = { name, group, kind, causes: causes.map((cause) => ({ reason: "FieldValueInvalid", ...cause })) };
  return new Refusal(422, "Invalid", message, { details });
}

export function forbidden(user: string, verb: string, resource: string, group: string, scope: string | null): Refusal {
  const full = group === "" ? resource : `${resource}.${group}`;
  const where = scope === null ? "at the cluster scope" : `in the namespace "${scope}"`;
  const message = `${full} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return new Refusal(403, "Forbidden", message, { details: { ...(group ? { group } : {}), kind: resource } });
}

export function expired(token?: string): Refusal {
  const message = "The provided continue parameter is too old to display a consistent list result.";
  return new Refusal(410, "Expired", message, token === undefined ? {} : { metadata: { continue: token } });
}
