import { AIRFLOW_3 } from "./releases.ts";
import { describeStory } from "./story.ts";

describeStory(AIRFLOW_3);
