import { airflow } from "../../adapters/airflow/index.ts";
import { openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import { describeAdapter } from "../../src/adapter/conformance/describe-adapter.ts";

describeAdapter({
  name: "Airflow 2.10",
  adapter: airflow,
  open: (options) => openAirflowSandbox({ ...options, api: "v1" }),
});
describeAdapter({
  name: "Airflow 3.2",
  adapter: airflow,
  open: (options) => openAirflowSandbox({ ...options, api: "v2" }),
});
