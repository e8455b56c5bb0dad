/** Jobs, builds and items as Jenkins exports them. */
import { queueIdOf } from "../names.ts";
import {
  BUILD_CLASSES,
  type BuildState,
  CLASSES,
  type Controller,
  isContainer,
  type ItemState,
  itemsIn,
  type JobState,
  newestFirst,
  type ParameterSpec,
  type Values,
} from "./state.ts";
import { isWaiting } from "./queue.ts";
import { Bean } from "./tree.ts";

export interface Exporter {
  readonly root: () => Bean;
  readonly job: (job: JobState) => Bean;
  readonly build: (job: JobState, build: BuildState) => Bean;
  readonly item: (item: ItemState) => Bean;
  readonly queue: () => Bean;
  readonly computers: () => Bean;
}

const PARAMETERS_PROPERTY = "hudson.model.ParametersDefinitionProperty";
const TRIGGERS_PROPERTY = "org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty";
const STEP = "org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$PlaceholderTask";
const MOST_BUILDS = 100;

/** `rootUrl` is a setting of theirs, and may be wrong. */
export function exporter(controller: Controller, rootUrl: () => string): Exporter {
  const urlOf = (fullName: string) =>
    `${rootUrl()}${fullName
      .split("/")
      .map((name) => `/job/${encodeURIComponent(name)}`)
      .join("")}/`;

  function job(state: JobState): Bean {
    const { fullName, kind } = state;
    const name = fullName.split("/").at(-1) ?? fullName;
    const common = {
      actions: () => [{}, {}],
      description: () => state.description,
      displayName: () => state.displayName ?? plain(name),
      displayNameOrNull: () => state.displayName,
      fullDisplayName: () => fullName.split("/").map(plain).join(" » "),
      fullName: () => fullName,
      name: () => name,
      url: () => urlOf(fullName),
    };
    if (isContainer(kind)) {
      const fields = { ...common, healthReport: () => [], jobs: () => itemsIn(controller, fullName).map(job) };
      return new Bean(CLASSES[kind], fields, ["name", "url"]);
    }
    return new Bean(CLASSES[kind], { ...common, ...jobFields(state) }, ["name", "url", "color"]);
  }

  function jobFields(state: JobState): Record<string, () => unknown> {
    const builds = () => newestFirst(state).map((one) => build(state, one));
    const first = (holds: (one: BuildState) => boolean) => () => {
      const found = newestFirst(state).find(holds);
      return found ? build(state, found) : null;
    };
    const ended = (...results: string[]) => first((one) => !one.building && results.includes(one.result ?? ""));
    return {
      buildable: () => !state.disabled,
      builds: () => builds().slice(0, MOST_BUILDS),
      allBuilds: builds,
      color: () => colorOf(state),
      firstBuild: () => builds().at(-1) ?? null,
      healthReport: () => [],
      inQueue: () => [...controller.items.values()].some((item) => item.jobId === state.fullName && isWaiting(item)),
      keepDependencies: () => false,
      lastBuild: first(() => true),
      lastCompletedBuild: first((one) => !one.building),
      lastFailedBuild: ended("FAILURE"),
      lastStableBuild: ended("SUCCESS"),
      lastSuccessfulBuild: ended("SUCCESS", "UNSTABLE"),
      lastUnstableBuild: ended("UNSTABLE"),
      lastUnsuccessfulBuild: ended("FAILURE", "UNSTABLE", "ABORTED"),
      nextBuildNumber: () => state.next,
      property: () => properties(state),
      queueItem: () => null,
      concurrentBuild: () => state.concurrent,
      ...(state.kind === "pipeline" ? { resumeBlocked: () => false } : projectFields(state)),
    };
  }

  function projectFields(state: JobState): Record<string, () => unknown> {
    const neighbours = (names: readonly string[]) => () =>
      names.flatMap((name) => controller.jobs.get(name) ?? []).map(job);
    const upstream = [...controller.jobs.values()].filter(({ downstream }) => downstream.includes(state.fullName));
    return {
      // Pipelines do not tell it: there, only `buildable` does.
      disabled: () => state.disabled,
      downstreamProjects: neighbours(state.downstream),
      upstreamProjects: neighbours(upstream.map(({ fullName }) => fullName)),
      scm: () => ({}),
      ...(state.kind === "matrix"
        ? {
            activeConfigurations: () =>
              state.axes.map((axis) => ({ name: axis, url: `${urlOf(state.fullName)}${axis}/` })),
          }
        : {}),
    };
  }

  function build(state: JobState, one: BuildState): Bean {
    const url = `${urlOf(state.fullName)}${one.number}/`;
    const fields = {
      actions: () => buildActions(state, one),
      artifacts: () => [...one.artifacts.keys()].map((path) => artifact(path)),
      building: () => one.building,
      description: () => one.description,
      displayName: () => `#${one.number}`,
      duration: () => (one.building ? 0 : Math.max(0, (one.endedAt ?? one.timestamp) - one.timestamp)),
      estimatedDuration: () => -1,
      executor: () => null,
      fullDisplayName: () => `${state.fullName.split("/").map(plain).join(" » ")} #${one.number}`,
      id: () => String(one.number),
      keepLog: () => false,
      number: () => one.number,
      queueId: () => one.queueId,
      result: () => one.result,
      timestamp: () => one.timestamp,
      url: () => url,
      ...(state.kind === "pipeline" ? { inProgress: () => one.building } : { builtOn: () => "" }),
      ...(state.kind === "matrix" ? { runs: () => state.axes.map((axis) => configuration(state, one, axis)) } : {}),
      changeSets: () => [],
      culprits: () => [],
    };
    return new Bean(BUILD_CLASSES[state.kind] ?? null, fields, ["number", "url"]);
  }

  function configuration(state: JobState, one: BuildState, axis: string): Bean {
    const { fields } = build({ ...state, kind: "freestyle" }, one);
    const url = `${urlOf(state.fullName)}${encodeURIComponent(axis)}/${one.number}/`;
    return new Bean("hudson.matrix.MatrixRun", { ...fields, url: () => url }, ["number", "url"]);
  }

  function item(state: ItemState): Bean {
    const owner = controller.jobs.get(state.jobId);
    const blocked = state.readyAt !== null && state.readyAt <= controller.now() && isWaiting(state);
    const kind = !isWaiting(state) ? "Left" : state.step ? "Buildable" : blocked ? "Blocked" : "Waiting";
    const left = {
      cancelled: () => state.cancelled,
      executable: () => {
        const found = state.build === null ? undefined : owner?.builds.get(state.build);
        return owner && found ? build(owner, found) : null;
      },
    };
    const fields = {
      actions: () => [...parameterActions(owner?.parameters ?? [], state.values), causeAction(state.causes)],
      blocked: () => kind === "Blocked",
      buildable: () => kind === "Buildable",
      id: () => state.id,
      inQueueSince: () => state.since,
      params: () =>
        Object.entries(state.values)
          .map(([name, value]) => `\n${name}=${value}`)
          .join(""),
      stuck: () => false,
      task: () => (state.step ? { _class: STEP } : taskOf(state.jobId)),
      url: () => `${queueIdOf(state.id).replace("queue/", "queue/item/")}/`,
      why: () => (kind === "Left" ? null : whyOf(kind)),
      ...(kind === "Left" ? left : kind === "Buildable" ? { pending: () => false } : {}),
    };
    return new Bean(`hudson.model.Queue$${kind}Item`, fields);
  }

  function taskOf(jobId: string): Bean | object {
    const owner = controller.jobs.get(jobId);
    return owner ? job(owner) : {};
  }

  return {
    root: () =>
      new Bean("hudson.model.Hudson", {
        assignedLabels: () => [{}],
        mode: () => "NORMAL",
        nodeDescription: () => "the Jenkins controller's built-in node",
        nodeName: () => "",
        numExecutors: () => 2,
        description: () => null,
        jobs: () => itemsIn(controller, "").map(job),
        quietingDown: () => controller.quietingDown,
        slaveAgentPort: () => -1,
        url: () => `${rootUrl()}/`,
        useCrumbs: () => true,
        useSecurity: () => true,
      }),
    job,
    build,
    item,
    queue: () =>
      new Bean("hudson.model.Queue", {
        discoverableItems: () => [],
        items: () => [...controller.items.values()].filter(isWaiting).map(item).toReversed(),
      }),
    computers: () => computers(controller, { job, build, urlOf }),
  };
}

function whyOf(kind: string): string {
  return kind === "Waiting" ? "In the quiet period. Expires in 4.9 sec" : "Waiting for next available executor";
}

interface Parts {
  readonly build: Exporter["build"];
  readonly job: Exporter["job"];
  readonly urlOf: (fullName: string) => string;
}

/** A pipeline sits on an executor of its own, and shows once more for the step that holds an agent. */
function computers(controller: Controller, { build, urlOf }: Parts): Bean {
  const running = [...controller.jobs.values()].flatMap((job) =>
    [...job.builds.values()].filter(({ building }) => building).map((one) => ({ job, one })),
  );
  const executor = (currentExecutable: unknown) => new Bean(null, { currentExecutable: () => currentExecutable });
  const steps = running.map(({ job, one }) => {
    if (job.kind === "freestyle") return [build(job, one)];
    if (job.kind === "matrix")
      return job.axes.map((axis) => runOf("hudson.matrix.MatrixRun", `${urlOf(job.fullName)}${axis}/`, one));
    return [runOf(`${STEP}$PlaceholderExecutable`, urlOf(job.fullName), one)];
  });
  const flyweights = running.filter(({ job }) => job.kind !== "freestyle").map(({ job, one }) => build(job, one));
  const computer = new Bean("hudson.model.Hudson$MasterComputer", {
    displayName: () => "Built-In Node",
    executors: () => [...steps.flat().map(executor), executor(null)],
    idle: () => running.length === 0,
    numExecutors: () => 2,
    offline: () => false,
    oneOffExecutors: () => flyweights.map(executor),
  });
  return new Bean("hudson.model.ComputerSet", { busyExecutors: () => running.length, computer: () => [computer] });
}

function runOf(kind: string, url: string, { number }: BuildState): Bean {
  return new Bean(kind, { number: () => number, url: () => `${url}${number}/` });
}

function buildActions(job: JobState, build: BuildState): unknown[] {
  const waited = new Bean("jenkins.metrics.impl.TimeInQueueAction", { queuingDurationMillis: () => build.waitedMs });
  return [...parameterActions(job.parameters, build.values), causeAction(build.causes), waited, {}, {}];
}

function causeAction(causes: ItemState["causes"] | BuildState["causes"]): Bean {
  const beans = causes.map(
    ({ kind, text, userId, upstreamProject, upstreamBuild }) =>
      new Bean(kind, {
        shortDescription: () => text,
        ...(userId === undefined ? {} : { userId: () => userId, userName: () => userId ?? "anonymous" }),
        ...(upstreamProject === undefined
          ? {}
          : { upstreamProject: () => upstreamProject, upstreamBuild: () => upstreamBuild ?? 1 }),
      }),
  );
  return new Bean("hudson.model.CauseAction", { causes: () => beans });
}

function parameterActions(specs: readonly ParameterSpec[], values: Values): Bean[] {
  const names = Object.keys(values);
  if (names.length === 0) return [];
  const parameters = names.map((name) => {
    const type = specs.find((spec) => spec.name === name)?.type ?? "String";
    const kind = `hudson.model.${type === "Choice" ? "String" : type}ParameterValue`;
    // Of a secret and of a file only the name is told.
    const told = type === "Password" || type === "File" ? {} : { value: () => values[name] };
    return new Bean(kind, { name: () => name, ...told });
  });
  return [new Bean("hudson.model.ParametersAction", { parameters: () => parameters })];
}

function properties(job: JobState): Bean[] {
  const declared = job.parameters.length === 0 ? [] : [parametersProperty(job.parameters)];
  const triggered = job.kind === "pipeline" && (job.schedule !== null || job.upstream.length > 0);
  return triggered ? [...declared, new Bean(TRIGGERS_PROPERTY, {})] : declared;
}

function parametersProperty(specs: readonly ParameterSpec[]): Bean {
  const definitions = specs.map(({ name, type, choices, byDefault }) => {
    const value = new Bean(null, {
      name: () => name,
      ...(type === "Password" ? {} : { value: () => byDefault ?? "" }),
    });
    return new Bean(`hudson.model.${type}ParameterDefinition`, {
      defaultParameterValue: () => value,
      description: () => "",
      name: () => name,
      type: () => `${type}ParameterDefinition`,
      ...(choices ? { choices: () => choices } : {}),
    });
  });
  return new Bean(PARAMETERS_PROPERTY, { parameterDefinitions: () => definitions });
}

function artifact(path: string): Bean {
  const fields = { displayPath: () => path, fileName: () => path.split("/").at(-1), relativePath: () => path };
  return new Bean(null, fields);
}

const COLORS: Readonly<Record<string, string>> = {
  SUCCESS: "blue",
  UNSTABLE: "yellow",
  FAILURE: "red",
  ABORTED: "aborted",
  NOT_BUILT: "notbuilt",
};

function colorOf(job: JobState): string {
  if (job.disabled) return "disabled";
  const [newest] = newestFirst(job);
  const ended = newestFirst(job).find(({ building }) => !building);
  const color = COLORS[ended?.result ?? ""] ?? "notbuilt";
  return newest?.building ? `${color}_anime` : color;
}

function plain(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
