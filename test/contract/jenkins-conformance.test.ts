import { jenkins } from "../../adapters/jenkins/index.ts";
import { openJenkinsSandbox } from "../../adapters/jenkins/sandbox.ts";
import { describeAdapter } from "../../src/adapter/conformance/describe-adapter.ts";

describeAdapter({ name: "Jenkins", adapter: jenkins, open: openJenkinsSandbox, finishedIsFinal: true });
