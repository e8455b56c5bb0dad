/** Every question, in the order in which a person would want to hear the answers. */
import { aborts } from "./aborts.ts";
import { acting } from "./acting.ts";
import { changes } from "./changes.ts";
import { doingAgain } from "./doing-again.ts";
import { faults } from "./faults.ts";
import { history } from "./history.ts";
import { listing } from "./listing.ts";
import { marking } from "./marking.ts";
import { observing } from "./observing.ts";
import { openRuns } from "./open-runs.ts";
import { probing } from "./probing.ts";
import type { QuestionGroup } from "./question.ts";
import { secrecy } from "./secrecy.ts";
import { starting } from "./starting.ts";
import { gates, links } from "./surroundings.ts";
import { words } from "./words.ts";

export const SUITE: readonly QuestionGroup[] = [
  probing,
  listing,
  changes,
  history,
  openRuns,
  observing,
  gates,
  links,
  words,
  faults,
  aborts,
  secrecy,
  starting,
  marking,
  acting,
  doingAgain,
];
