/**
 * The two Airflows we test on, and what pip must be told for them to work.
 *
 * Airflow publishes constraint files for this, on a host that not every machine reaches. So what broke since the release
 * is pinned here, each with its reason; and beside this file stands what pip made of it on the day it worked, so that
 * it works tomorrow too, and is found without searching.
 */
import type { Api } from "../../../adapters/airflow/dialect.ts";

export interface Release {
  readonly name: string;
  readonly api: Api;
  readonly packages: readonly string[];
}

export const AIRFLOW_2: Release = {
  name: "airflow-2.10",
  api: "v1",
  packages: [
    "apache-airflow==2.10.5",
    // Its models are written for 1.4.
    "sqlalchemy<2",
    // Flask-AppBuilder 4.5 knows no later ones.
    "flask<2.3",
    "connexion<3",
    "psycopg2-binary",
  ],
};

export const AIRFLOW_3: Release = {
  name: "airflow-3.2",
  api: "v2",
  packages: [
    "apache-airflow==3.2.2",
    // From 0.137 on routes are wrapped, and the discriminated unions of the task API are no longer found.
    "fastapi[standard-no-fastapi-cloud-cli]>=0.129,<0.137",
    "cadwyn<7",
    "starlette>=1.0.1,<1.3",
    "pydantic<2.13",
    "sqlalchemy<2.1",
    "psycopg2-binary",
    "asyncpg",
  ],
};
