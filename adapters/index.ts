/** The one list of tools we can speak to. */
import { airflow } from "./airflow/index.ts";
import { jenkins } from "./jenkins/index.ts";
import { kubernetes } from "./kubernetes/index.ts";

export const adapters = [airflow, jenkins, kubernetes];
