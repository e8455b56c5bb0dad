/**
 * What we ask for, in Jenkins's own query language.
 *
 * Never `depth`, which exports whole objects, and never `allBuilds`, which loads every build there ever was whatever
 * range follows. A range is always `{0,N}`: `{5}` is the sixth element, not five of them.
 */

const PARAMETERS = "parameters[_class,name,value]";
const CAUSES = "causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild]";

/** `builds` holds the newest hundred and never more. */
export const MOST_BUILDS = 100;

export const BUILD =
  "_class,number,queueId,timestamp,duration,building,inProgress,result," +
  `actions[_class,queuingDurationMillis,${PARAMETERS},${CAUSES}]`;

export const ITEM =
  `_class,id,inQueueSince,why,cancelled,pending,buildable,blocked,task[_class,name,url],` +
  `executable[_class,number,url],actions[_class,${PARAMETERS},${CAUSES}]`;

export const QUEUE = `items[${ITEM}]`;

const EXECUTABLE = "currentExecutable[_class,number,url]";
export const RUNNING = `computer[executors[${EXECUTABLE}],oneOffExecutors[${EXECUTABLE}]]`;

export const PARAMETER_DEFINITIONS =
  "parameterDefinitions[_class,name,type,description,choices,defaultParameterValue[value]]";

export const JOB =
  "displayName,description,buildable,disabled,nextBuildNumber," +
  `property[_class,${PARAMETER_DEFINITIONS}],actions[_class,${PARAMETER_DEFINITIONS}]`;

/** Does not load a single build. */
export const NUMBER = "nextBuildNumber";
/** Loads one build a job: asked once, when nothing is known yet. */
export const NUMBER_AND_LAST = "nextBuildNumber,lastBuild[number,timestamp,duration,building,result]";

export const LINKS =
  "nextBuildNumber,upstreamProjects[name,fullName,url],downstreamProjects[name,fullName,url],property[_class]";

export function newest(count: number): string {
  return `nextBuildNumber,builds[${BUILD}]{0,${Math.min(count, MOST_BUILDS)}}`;
}

/**
 * Items of a folder and of the folders in it, so many levels deep, each list from one row up to another. The deepest
 * level only tells whether there is something below it.
 */
export function items(fields: string, levels: number, range: (level: number) => string): string {
  const below = levels > 1 ? items(fields, levels - 1, (level) => range(level + 1)) : "jobs[name]{0,1}";
  return `jobs[_class,name,${fields},${below}]${range(0)}`;
}
