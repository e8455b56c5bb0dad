/** One logger for the process. Messages are constant; what varies goes into fields. */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export interface LogOptions {
  readonly level: string;
  /** For a person at a terminal. */
  readonly pretty: boolean;
  readonly destination?: DestinationStream;
}

/** Headers and fields that hold secrets wherever they turn up. Text is redacted at its source, by the HTTP boundary. */
const SECRET_PATHS = ["authorization", "cookie", "password", "token", "secret", "access_token"].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

export function createLog({ level, pretty, destination }: LogOptions): Logger {
  const options = { level, redact: { paths: SECRET_PATHS, censor: "[redacted]" }, base: null };
  if (destination) return pino(options, destination);
  // Everything that is not data goes to stderr.
  if (!pretty) return pino(options, pino.destination({ fd: 2, sync: false }));
  return pino({
    ...options,
    transport: {
      target: "pino-pretty",
      options: { destination: 2, ignore: "pid,hostname", translateTime: "HH:MM:ss" },
    },
  });
}

export const silentLog: Logger = pino({ level: "silent" });
