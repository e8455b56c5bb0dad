/** What a person writes under `spec.config` for a Toy. */
import { z } from "zod";
import { address, secretReference } from "../../../src/adapter/config.ts";

export const config = z.strictObject({
  url: address(),
  token: secretReference(),
});

export type ToyConfig = z.infer<typeof config>;
