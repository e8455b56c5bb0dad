import { may } from "../../governance/principal.ts";
import { type Check, CHECK_OUTCOMES, CHECK_SUBJECTS, type CheckOutcome, type CheckSubject } from "../../model/check.ts";
import { ApiError } from "./api-error.ts";
import { builder } from "./builder.ts";
import { enumOf } from "./enums.ts";

const CheckOutcomeRef = enumOf<CheckOutcome>("CheckOutcome", "How a check came out.", CHECK_OUTCOMES, {
  ok: "As it should be.",
  failed: "Not as it should be; `advice` says what to do.",
  unknown: "It could not be asked, because an earlier check failed or the tool does not tell.",
});

const CheckSubjectRef = enumOf<CheckSubject>("CheckSubject", "What was checked.", CHECK_SUBJECTS, {
  dns: "The name of the tool's host is known here.",
  tcp: "Its port opens.",
  tls: "Its certificate is trusted, and for how long.",
  answer: "What stands there speaks the tool's language.",
  auth: "It knows us.",
  right: "A right that we need, by the tool's own name.",
  version: "The tool's version.",
  health: "Parts of the tool that say they are unwell.",
  clock: "The tool's clock beside ours.",
});

const CheckRef = builder.objectRef<Check>("Check").implement({
  description: "One line of an examination of a source.",
  fields: (t) => ({
    subject: t.expose("subject", { type: CheckSubjectRef, description: "What was checked." }),
    outcome: t.expose("outcome", { type: CheckOutcomeRef, description: "How it came out." }),
    detail: t.exposeString("detail", { description: "What was seen." }),
    advice: t.exposeString("advice", { nullable: true, description: "What a person can do about it." }),
  }),
});

builder.queryFields((t) => ({
  checkSource: t.field({
    type: [CheckRef],
    description: "Examines the connection to a source now: the way, the rights, the version, the clock. For admins.",
    args: { name: t.arg.string({ required: true, description: "As in a reference: `airflow-prod`." }) },
    async resolve(_root, { name }, { reader, principal, examine }) {
      // It sends our secrets over the network, as often as it is asked.
      if (!may(principal, "administer"))
        throw new ApiError("NOT_ALLOWED", `${principal.name} may not examine sources.`);
      if ((await reader.sourceByName(name)) === null) throw new ApiError("NOT_FOUND", `there is no source "${name}"`);
      return [...(await examine(name))];
    },
  }),
}));
