/** What can be asked of it: to build, to stop, to forget, to switch a job off and on. */
import { type Answer, empty, notFound, page, redirect, Refusal } from "./answer.ts";
import { end, enqueue, isWaiting } from "./queue.ts";
import type { Ask, Server } from "./server.ts";
import { type BuildState, type CauseState, type JobState, type Values } from "./state.ts";

export function actOnJob(server: Server, ask: Ask, job: JobState, action: string): Answer {
  if (action === "build" || action === "buildWithParameters") return build(server, ask, job, action);
  if (action !== "disable" && action !== "enable") throw notFound();
  server.need("Job/Configure");
  job.disabled = action === "disable";
  return redirect(server.urlOf(job));
}

function build(server: Server, { form }: Ask, job: JobState, action: string): Answer {
  const { controller, quirks } = server;
  server.need("Job/Build");
  if (job.disabled) throw new Refusal(page(409, "Error 409 Conflict", `${job.fullName} is not buildable`));
  const parameterised = job.parameters.length > 0;
  if (parameterised !== (action === "buildWithParameters"))
    throw new Refusal(
      page(
        400,
        "Error 400 Bad Request",
        parameterised ? "Nothing is submitted" : `${job.fullName} is not parameterized`,
      ),
    );
  const values = valuesOf(job, form);
  if (quirks.refusesToQueue) return redirect(server.urlOf(job));
  const { item, folded } = enqueue(controller, job, values, causeOf(server));
  // `build` says 201 in both cases.
  const status = folded && parameterised && server.atLeast(2, 302) ? 303 : 201;
  return empty(status, { location: `${server.rootUrl()}/queue/item/${item.id}/` });
}

/** What the job does not declare is dropped without a word. */
function valuesOf(job: JobState, form: URLSearchParams): Values {
  return Object.fromEntries(
    job.parameters.map(({ name, type, choices, byDefault }) => {
      const given = form.get(name);
      if (given !== null && choices && !choices.includes(given))
        throw new Refusal(page(400, "Error 400 Bad Request", `Illegal choice for parameter ${name}`));
      const value = given ?? byDefault ?? choices?.[0] ?? "";
      return [name, type === "Boolean" ? value === true || value === "true" || value === "on" : value];
    }),
  );
}

function causeOf({ login, asksWho }: Server): CauseState {
  const userId = asksWho ? login.username : null;
  return { kind: "hudson.model.Cause$UserIdCause", text: `Started by user ${userId ?? "anonymous"}`, userId };
}

const LADDER = ["stop", "term", "kill"];

/** A redirect in any case, whether something was stopped or not. */
export function actOnBuild(server: Server, job: JobState, state: BuildState, action: string): Answer {
  const rung = LADDER.indexOf(action);
  if (rung < 0 || (rung > 0 && job.kind !== "pipeline")) throw notFound();
  server.need("Job/Cancel");
  if (state.building && rung >= LADDER.indexOf(job.endsBy)) {
    state.log += "Aborted by tutti\n";
    end(job, state, server.controller.now(), "ABORTED");
  }
  return redirect(`${server.urlOf(job)}${state.number}/`);
}

export function cancelItem({ controller, quirks, atLeast, rootUrl }: Server, { form, query }: Ask): Answer {
  const item = controller.items.get(Number(form.get("id") ?? query.get("id")));
  if (!atLeast(2, 211)) {
    if (item && isWaiting(item)) leave(item, controller.now());
    return redirect(`${rootUrl()}/`);
  }
  if (!item || !isWaiting(item)) return empty(404);
  if (quirks.forbidden.has("Job/Cancel")) return empty(422);
  leave(item, controller.now());
  return empty(204);
}

function leave(item: { cancelled: boolean; leftAt: number | null }, now: number): void {
  item.cancelled = true;
  item.leftAt = now;
}
