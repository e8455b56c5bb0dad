/** One life of the process: from its settings to its end by a signal, by its own trouble, or by a mistake in them. */
import { type House, type Part, start } from "../main.ts";
import { createLog, type Logger } from "../telemetry/log.ts";
import { armFromEnvironment } from "./failpoints.ts";
import { printBanner } from "./banner.ts";
import { type Environment, readSettings } from "./read-settings.ts";
import type { Settings } from "./settings.ts";

export interface UpOptions {
  readonly environment: Environment;
  readonly only: Part | null;
  readonly print: (text: string) => void;
}

/** Work in hand gets this long; whoever started us will not wait much longer either. */
const STOP_WITHIN_MS = 10_000;

/** Answers whether it ended as it was told to. */
export async function up({ environment, only, print }: UpOptions): Promise<boolean> {
  const { settings, warnings } = readSettings(environment);
  armFromEnvironment(environment);
  const log = createLog({ level: settings.logLevel, pretty: isPretty(settings) });
  for (const warning of warnings) log.warn({ warning }, "unknown setting");
  const end = watchForEnd(log);
  const house = await start({ settings, environment, only, log });
  print(printBanner(house.ready));
  const reason = await Promise.race([end, house.ended]);
  if (reason === null) log.info("stopping");
  else log.fatal({ reason }, "cannot go on");
  await stopWithin(house, log);
  log.info("stopped");
  return reason === null;
}

function isPretty({ logFormat }: Settings): boolean {
  return logFormat === "pretty" || (logFormat === "auto" && process.stderr.isTTY);
}

/** Null for a signal, or what went wrong. Never settles while all is well. */
function watchForEnd(log: Logger): Promise<string | null> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        log.info({ signal }, "asked to stop");
        resolve(null);
        // Whoever asks twice means it.
        process.once(signal, () => process.exit(130));
      });
    }
    for (const event of ["unhandledRejection", "uncaughtException"] as const) {
      process.on(event, (error: unknown) => {
        log.fatal({ err: error }, "a bug: nobody handled this error");
        resolve("an error that nobody handled");
      });
    }
  });
}

async function stopWithin(house: House, log: Logger): Promise<void> {
  const timer = setTimeout(() => {
    log.error({ withinMs: STOP_WITHIN_MS }, "did not stop in time");
    process.exit(1);
  }, STOP_WITHIN_MS);
  await house.stop();
  clearTimeout(timer);
}
