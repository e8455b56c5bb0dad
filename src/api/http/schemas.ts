/** The JSON Schemas of the documents, for editors: public like the documents' own documentation, and never found by path. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import type { ApiDeps } from "../api-deps.ts";
import { sendError } from "./send-error.ts";

export function addSchemas(app: FastifyInstance, { settings }: Pick<ApiDeps, "settings">): void {
  const schemas = readSchemas(resolve(settings.schemasFolder));
  app.get<{ Params: { name: string } }>("/schemas/:name", (request, reply) => {
    const schema = schemas.get(request.params.name);
    if (schema === undefined) return sendError(reply, 404, "NOT_FOUND", `There are ${[...schemas.keys()].join(", ")}.`);
    return reply.type("application/schema+json; charset=utf-8").header("cache-control", "max-age=3600").send(schema);
  });
}

function readSchemas(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(names.map((name) => [name, readFileSync(resolve(folder, name), "utf8")]));
}
