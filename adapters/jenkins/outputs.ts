/** What a build left behind. Jenkins has no return values: there are artifacts, two texts, and perhaps a file by agreement. */
import { isFault } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { Json } from "../../src/model/json.ts";
import { buildOf } from "./cancel.ts";
import { buildPath } from "./names.ts";
import type { Asking } from "./observe.ts";
import { outputsBody } from "./rows.ts";

/** Thousands of them are no outputs but an archive; one more tells that there are more. */
const MOST_ARTIFACTS = 200;
const FILE_BYTES = 1024 * 1024;
const TREE = `description,displayName,artifacts[fileName,relativePath]{0,${MOST_ARTIFACTS + 1}}`;

export async function readOutputs(asking: Asking, run: ForeignRunRef): Promise<Json> {
  const { jenkins, signal } = asking;
  const build = await buildOf(asking, run);
  if (build === null) return null;
  const path = buildPath(run.jobId, build.number);
  const { description, displayName, artifacts } = readBody(
    outputsBody,
    await jenkins.read(path, TREE, signal),
    "a build",
  );
  const paths = artifacts.map(({ relativePath }) => relativePath);
  const file = jenkins.config.outputs;
  return {
    description: description || null,
    displayName: displayName || null,
    artifacts: paths
      .slice(0, MOST_ARTIFACTS)
      .map((one) => ({ path: one, url: `${jenkins.root}${path}/artifact/${encoded(one)}` })),
    ...(paths.length > MOST_ARTIFACTS ? { moreArtifacts: true } : {}),
    ...(file === undefined ? {} : await readValues(asking, `${path}/artifact/${encoded(file)}`)),
  };
}

/** A build that archived no such file has no values, which is something else than empty ones. */
async function readValues(
  { jenkins, signal }: Asking,
  path: string,
): Promise<{ readonly values: Json } | { readonly valuesMissing: string }> {
  try {
    const { body } = await jenkins.get(path, { signal, maxBytes: FILE_BYTES });
    return { values: body as Json };
  } catch (error) {
    if (isFault(error, "missing")) return { valuesMissing: "the build archived no such file" };
    if (isFault(error, "malformed", "refused")) return { valuesMissing: error.message };
    throw error;
  }
}

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
