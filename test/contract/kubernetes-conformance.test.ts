import { kubernetes } from "../../adapters/kubernetes/index.ts";
import { openKubernetesSandbox } from "../../adapters/kubernetes/sandbox.ts";
import { describeAdapter } from "../../src/adapter/conformance/describe-adapter.ts";

describeAdapter({
  adapter: kubernetes,
  open: openKubernetesSandbox,
  // A namespace before it, and no underscore in it.
  jobName: (id) => `default/${id.replaceAll("_", "-")}`,
});
