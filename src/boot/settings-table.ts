/** Every setting, for the README. */
import { markdownTable } from "./markdown.ts";
import { SETTINGS } from "./settings.ts";

export function settingsTable(): string {
  const rows = Object.values(SETTINGS).map(({ name, byDefault, describe }) => [
    `\`${name}\``,
    byDefault === "" ? "" : `\`${byDefault}\``,
    describe,
  ]);
  return markdownTable(["setting", "default", "what it does"], rows);
}
