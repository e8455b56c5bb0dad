/** Arms a named point at which the process ends or freezes itself. For tests of what a crash leaves behind, and nothing else. */
import { armFailpoints, FAILPOINTS } from "../lib/failpoint.ts";
import { InputError } from "../lib/input-error.ts";
import { suggestion } from "../lib/suggestion.ts";
import type { Environment } from "./read-settings.ts";

export const FAILPOINT_VARIABLE = "TUTTI_FAILPOINT";

const SIGNAL_OF = { kill: "SIGKILL", freeze: "SIGSTOP" } as const;

/** `before-send=kill`: the first time that the point is reached, and no more. */
export function armFromEnvironment(environment: Environment): void {
  const wish = environment[FAILPOINT_VARIABLE];
  if (!wish) return;
  const [point = "", way = "kill"] = wish.split("=");
  if (!(FAILPOINTS as readonly string[]).includes(point))
    throw new InputError(FAILPOINT_VARIABLE, `no point "${point}"; ${suggestion(point, FAILPOINTS)}`);
  if (!(way in SIGNAL_OF)) throw new InputError(FAILPOINT_VARIABLE, `"${way}" is no way to fail; write kill or freeze`);
  armFailpoints((name) => {
    if (name !== point) return;
    armFailpoints(null);
    process.kill(process.pid, SIGNAL_OF[way as keyof typeof SIGNAL_OF]);
  });
}
