import { describeConformance } from "./conformance.ts";
import { AIRFLOW_3 } from "./releases.ts";

describeConformance(AIRFLOW_3);
