/** A way into a cluster that cannot be taken as things stand: somebody has to change something. */
import { RemoteError } from "../../../src/adapter/remote-error.ts";

export function refused(message: string, cause?: unknown): RemoteError {
  return new RemoteError(message, { fault: "refused", passing: false, uncertain: false, cause });
}
