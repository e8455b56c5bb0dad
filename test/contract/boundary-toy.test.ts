import { describeAdapter } from "../../src/adapter/conformance/describe-adapter.ts";
import { toy } from "./toy/index.ts";
import { openToy } from "./toy/sandbox.ts";

describeAdapter({ adapter: toy, open: openToy });
