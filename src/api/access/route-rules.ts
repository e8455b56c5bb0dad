/**
 * Who may use which route. Decided by the route that matched, never by the looks of a path, and closed by default: a
 * route without a line here does not start.
 */
import { type Action, may, type Principal } from "../../governance/principal.ts";

/** "anyone" says nothing that a stranger must not know. */
export type RouteRule = "anyone" | Action;

export const ROUTE_RULES: Readonly<Record<string, RouteRule>> = {
  "GET /": "anyone",
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /sign-in/:code": "anyone",
  "GET /schemas/:name": "anyone",
  "GET /graphql": "read",
  "POST /graphql": "read",
  "GET /graphiql": "read",
  "GET /console/*": "read",
  "HEAD /console/*": "read",
};

export function ruleOf(method: string, url: string): RouteRule | null {
  const name = `${method} ${url}`;
  return Object.hasOwn(ROUTE_RULES, name) ? (ROUTE_RULES[name] ?? null) : null;
}

export function isAllowed(rule: RouteRule, principal: Principal | null): boolean {
  return rule === "anyone" || may(principal, rule);
}
