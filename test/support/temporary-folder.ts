/** A folder for one test, open enough that the unprivileged user whom root hands PostgreSQL to can walk through it. */
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tutti-test-"));
  await chmod(folder, 0o711);
  return folder;
}
