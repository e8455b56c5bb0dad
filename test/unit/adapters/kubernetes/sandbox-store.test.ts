import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../../adapters/kubernetes/sandbox/objects.ts";
import { createStore, type Store } from "../../../../adapters/kubernetes/sandbox/store.ts";

const AT = "2026-11-01T00:00:00Z";

function addPod(store: Store, name: string, uid = "none"): ApiObject {
  const metadata = { name, namespace: "n", labels: { "controller-uid": uid } };
  return store.create("pods", { apiVersion: "v1", kind: "Pod", metadata }, AT);
}

const names = (objects: readonly ApiObject[]) => objects.map(({ metadata }) => metadata.name);

describe("the sandbox's store", () => {
  it("lists by name, whatever the order of writes", () => {
    const store = createStore();
    const pods = ["m", "c", "z", "a", "q"].map((name) => addPod(store, name));
    for (const pod of pods.slice(0, 2)) store.remove("pods", pod);
    store.replace("pods", pods[2] as ApiObject);
    addPod(store, "b");
    expect(names(store.list("pods"))).toEqual(["a", "b", "q", "z"]);
  });

  it("leaves a snapshot as it was taken", () => {
    const store = createStore();
    const pod = addPod(store, "b");
    const { objects } = store.snapshot("pods");
    addPod(store, "a");
    store.remove("pods", pod);
    expect(names(objects)).toEqual(["b"]);
  });

  it("finds the pods of one Job, as their labels are now", () => {
    const store = createStore();
    const [first] = [addPod(store, "a", "u1"), addPod(store, "b", "u1"), addPod(store, "c", "u2")];
    expect(names(store.controlledBy("pods", "u1"))).toEqual(["a", "b"]);
    const { metadata } = first;
    const moved = { ...first, metadata: { ...metadata, labels: { "controller-uid": "u2" } } };
    store.remove("pods", store.replace("pods", moved));
    expect(names(store.controlledBy("pods", "u1"))).toEqual(["b"]);
    expect(names(store.controlledBy("pods", "u2"))).toEqual(["c"]);
  });
});
