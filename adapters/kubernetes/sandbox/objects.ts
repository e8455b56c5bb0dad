/** The shapes of the cluster's objects, as far as the sandbox writes them. They are never changed in place. */

export type Words = Readonly<Record<string, string>>;
export type Plain = Readonly<Record<string, unknown>>;

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly generateName?: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Words;
  readonly annotations?: Words;
  readonly ownerReferences?: readonly Owner[];
}

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface ConditionObject {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastProbeTime?: string;
  readonly lastTransitionTime?: string;
}

export interface JobObject extends ApiObject {
  readonly spec: Plain & {
    readonly suspend?: boolean;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly template: { readonly metadata?: { readonly labels?: Words }; readonly spec: PodSpec };
  };
  readonly status: JobStatus;
}

export interface PodSpec extends Plain {
  readonly containers: readonly ({ readonly name: string; readonly image?: string } & Plain)[];
  readonly restartPolicy?: string;
}

export interface JobStatus {
  readonly conditions?: readonly ConditionObject[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly ready?: number;
  readonly terminating?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly uncountedTerminatedPods?: Plain;
}

export interface CronJobObject extends ApiObject {
  readonly spec: Plain & {
    readonly schedule: string;
    readonly suspend?: boolean;
    readonly jobTemplate: { readonly metadata?: Plain; readonly spec: JobObject["spec"] };
  };
  readonly status: Plain & { readonly active?: readonly { readonly name: string; readonly uid: string }[] };
}

export interface PodObject extends ApiObject {
  readonly spec: PodSpec;
  readonly status: Plain;
}

/** Whole seconds, as the API writes all its times. */
export function timeText(at: Date | number): string {
  return new Date(Math.floor(Number(at) / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}
