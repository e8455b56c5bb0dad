/** A list has to be held whole before it may be read as complete; one that seems to have no end is left unread. */
import { RemoteError } from "../adapter/remote-error.ts";

export function refuseLongList(length: number, most: number, what: string): void {
  if (length <= most) return;
  throw new RemoteError(`more than ${most} ${what}; the list was left unread`, { fault: "malformed", passing: true });
}
