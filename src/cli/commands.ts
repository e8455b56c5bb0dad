/** Every command there is, in the order of the help. */
import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { get } from "./get.ts";
import { scheduleNext } from "./schedule-next.ts";
import { up } from "./up.ts";
import { validate } from "./validate.ts";

export const commands: readonly Command[] = [up, get, doctor, validate, scheduleNext];
