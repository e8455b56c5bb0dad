import { builder, RunRef } from "./builder.ts";
import { ApiError } from "./api-error.ts";
import { RunFilterRef, toRunFilter } from "./filters.ts";

builder.subscriptionType({
  description: "Changes as they happen. Several changes of one run close together arrive as one.",
  fields: (t) => ({
    runChanged: t.field({
      type: RunRef,
      description: [
        "A run that is new or has changed, as it stands now.",
        "When changes may have been missed, an error with the code UNCERTAIN arrives in place of a run and the",
        "subscription goes on: read the list again, then trust it as before.",
      ].join(" "),
      args: { filter: t.arg({ type: RunFilterRef, description: "Which runs." }) },
      subscribe: (_root, { filter }, { feed }) => feed.subscribe(toRunFilter(filter)),
      resolve: (event) => {
        if (event !== "missed") return event;
        throw new ApiError("UNCERTAIN", "Changes may have been missed here; read the list again.");
      },
    }),
  }),
});
