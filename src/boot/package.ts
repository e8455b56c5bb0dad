/** Where we are installed, and which version that is. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Package {
  readonly root: string;
  readonly version: string;
}

/** The code runs from `src` and from `dist/program`: the package is the first folder above that says so. */
export function ourPackage(): Package {
  let root = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
      return { root, version };
    } catch (error) {
      if (dirname(root) === root) throw error;
      root = dirname(root);
    }
  }
}
