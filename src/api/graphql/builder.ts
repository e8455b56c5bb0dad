/** The typed builder every type of the schema is made with, and their names, so that types may point at each other. */
import SchemaBuilder, { type ObjectRef } from "@pothos/core";
import type { Json } from "../../model/json.ts";
import type { Principal } from "../../governance/principal.ts";
import type {
  ActionView,
  AttemptView,
  BackfillView,
  DependencyView,
  GateView,
  JobView,
  RunView,
  ScheduleView,
  SourceView,
} from "../../model/view.ts";
import type { ApiContext } from "./context.ts";

interface Foundation {
  Context: ApiContext;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: string; Output: string };
    Duration: { Input: number; Output: number };
    JSON: { Input: Json; Output: Json };
    ID: { Input: string; Output: string };
  };
}

export type ObjectRefOf<T> = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<Foundation>, T>;

export const builder = new SchemaBuilder<Foundation>({ defaultFieldNullability: false });

export const NodeRef = builder.interfaceRef<SourceView | JobView | RunView | GateView | ActionView>("Node");
export const SourceRef = builder.objectRef<SourceView>("Source");
export const JobRef = builder.objectRef<JobView>("Job");
export const RunRef = builder.objectRef<RunView>("Run");
export const ActionRef = builder.objectRef<ActionView>("Action");
export const AttemptRef = builder.objectRef<AttemptView>("Attempt");
export const ScheduleRef = builder.objectRef<ScheduleView>("Schedule");
export const BackfillRef = builder.objectRef<BackfillView>("BackfillProgress");
export const GateRef = builder.objectRef<GateView>("Gate");
export const DependencyRef = builder.objectRef<DependencyView>("Dependency");
export const PrincipalRef = builder.objectRef<Principal>("Principal");
