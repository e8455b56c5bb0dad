import { AIRFLOW_2 } from "./releases.ts";
import { describeStory } from "./story.ts";

describeStory(AIRFLOW_2);
