/** A tool that this machine cannot have: named in the report, and never passed in silence. */
export class Unavailable extends Error {
  constructor(tool: string, reason: string) {
    super(`${tool} cannot be had here: ${reason}`);
    this.name = "Unavailable";
  }
}
