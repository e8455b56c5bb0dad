import { builder, PrincipalRef } from "./builder.ts";
import { RoleRef } from "./enums.ts";

builder.objectType(PrincipalRef, {
  description: "A person, a service or an agent that asks for something.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "What it is called." }),
    role: t.expose("role", { type: RoleRef, description: "What it may do." }),
  }),
});

builder.queryFields((t) => ({
  whoami: t.field({
    type: PrincipalRef,
    description: "Who is asking.",
    resolve: (_root, _args, { principal }) => principal,
  }),
}));
