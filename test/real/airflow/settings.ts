/** How our Airflows are set: our own database and DAGs, one user, nothing that is not needed. */
import { join } from "node:path";
import type { Installed } from "./install.ts";
import type { Release } from "./releases.ts";

export const USER = "tutti";
export const PASSWORD = "a-password-of-the-tests";

export interface Place {
  readonly port: number;
  /** The folder of PostgreSQL's socket. */
  readonly socket: string;
  readonly database: string;
  readonly dags: string;
}

export function settingsOf({ api }: Release, { folder, bin }: Installed, place: Place): Record<string, string> {
  const connection = (driver: string) => `postgresql+${driver}://tutti@/${place.database}?host=${place.socket}`;
  const common = {
    AIRFLOW_HOME: join(folder, "home"),
    TUTTI_STORY_FOLDER: join(folder, "story"),
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: connection("psycopg2"),
    AIRFLOW__CORE__DAGS_FOLDER: place.dags,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__PARALLELISM: "4",
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER: join(folder, "logs"),
    AIRFLOW__SCHEDULER__PARSING_PROCESSES: "1",
    AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC: "1",
  };
  return { ...common, ...(api === "v1" ? settingsOf2(place) : settingsOf3(folder, place, connection)) };
}

function settingsOf2({ port }: Place): Record<string, string> {
  return {
    AIRFLOW__API__AUTH_BACKENDS: "airflow.api.auth.backend.basic_auth",
    AIRFLOW__WEBSERVER__SECRET_KEY: "of-the-tests-and-of-nothing-else",
    AIRFLOW__WEBSERVER__WORKERS: "2",
    AIRFLOW__WEBSERVER__WEB_SERVER_PORT: String(port),
    AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL: "5",
    AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: "5",
  };
}

function settingsOf3(folder: string, { port }: Place, connection: (driver: string) => string): Record<string, string> {
  const secret = "of-the-tests-and-of-nothing-else-and-long-enough-for-any-signature-there-is";
  return {
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC: connection("asyncpg"),
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: `${USER}:admin`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: join(folder, "passwords.json"),
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__API__SECRET_KEY: secret,
    AIRFLOW__API_AUTH__JWT_SECRET: secret,
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: "5",
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: "5",
    AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES: "1",
  };
}
