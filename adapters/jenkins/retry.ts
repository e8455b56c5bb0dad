/** A retry is a new build with the old parameters, and none at all where Jenkins does not tell all of them. */
import type { RetryRequest, Started } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { Json } from "../../src/model/json.ts";
import { buildOf } from "./cancel.ts";
import type { Asking } from "./observe.ts";
import { isFile, isSecret, parametersOf } from "./parameters.ts";
import type { ParameterRow } from "./rows.ts";
import { isOver } from "./translate.ts";
import { start } from "./start.ts";

export async function retry(asking: Asking, { run, key }: RetryRequest): Promise<Started> {
  const build = await buildOf(asking, run);
  if (!build || !isOver(build)) throw refused(`${run.runId} of ${run.jobId} has not ended yet`, "conflict");
  const old = parametersOf(build.actions).filter(({ name }) => name !== asking.jenkins.config.keyParameter);
  for (const parameter of old) checkTold(parameter, run.jobId);
  const parameters: Json = Object.fromEntries(old.map(({ name, value }) => [name, value ?? null]));
  return start(asking, { jobId: run.jobId, key, parameters }, "retry");
}

function checkTold(parameter: ParameterRow, jobId: string): void {
  const { name, value, _class } = parameter;
  const what = isSecret({ type: null, _class }) ? "a secret" : isFile({ type: null, _class }) ? "a file" : null;
  // A password comes back without its value; sent again it would be an empty one.
  if (what === null && value !== undefined && value !== null) return;
  throw refused(
    `"${name}" of ${jobId} is ${what ?? "a value"} that Jenkins does not tell; start it with new parameters instead`,
  );
}

function refused(message: string, fault: "malformed" | "conflict" = "malformed"): RemoteError {
  return new RemoteError(message, { fault, passing: false, uncertain: false });
}
