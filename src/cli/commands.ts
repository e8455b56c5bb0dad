/** Every command there is, in the order of the help. */
import type { Command } from "./command.ts";
import { cancel, retry } from "./cancel-retry.ts";
import { doctor } from "./doctor.ts";
import { get } from "./get.ts";
import { logs } from "./logs.ts";
import { pause, resume } from "./pause-resume.ts";
import { start } from "./start.ts";
import { up } from "./up.ts";
import { validate } from "./validate.ts";

export const commands: readonly Command[] = [up, get, start, cancel, retry, pause, resume, logs, doctor, validate];
