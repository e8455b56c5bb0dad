import { describeConformance } from "./conformance.ts";
import { AIRFLOW_2 } from "./releases.ts";

describeConformance(AIRFLOW_2);
