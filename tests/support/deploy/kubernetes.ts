import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Service } from "kubernetes-models/v1/Service";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";

type Manifest = { apiVersion: string; kind: string; metadata: { name: string } };
type Model = { prototype: { validate(): void }; apiVersion: string; kind: string };

/** The schemas of Kubernetes and KEDA, of the kinds that we use. */
const MODELS: Model[] = [Deployment, StatefulSet, PodDisruptionBudget, Namespace, Service, ScaledObject];

/** The faults of a manifest: what its schema refuses, and unknown fields. A schema reads the known fields only. */
export function faultsOf(manifest: Manifest): string[] {
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  const model = MODELS.find(({ apiVersion, kind }) => apiVersion === manifest.apiVersion && kind === manifest.kind);
  if (model === undefined) return [`${where}: no schema for ${manifest.apiVersion}`];
  const { watched, unread } = watchedReads(manifest);
  try {
    // Not by `new`, which copies the object and so reads every field.
    model.prototype.validate.call(watched);
  } catch (error) {
    return [`${where}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return unread().map((path) => `${where}: nobody knows the field ${path}`);
}

/** An object that notes which of its fields, and of those below, somebody has read. */
function watchedReads(root: object): { watched: object; unread(): string[] } {
  const read = new Set<string>();
  const watch = (value: object, path: string): object =>
    new Proxy(value, {
      get(target, key, receiver) {
        const found = Reflect.get(target, key, receiver);
        if (typeof key === "symbol" || !Object.hasOwn(target, key)) return found;
        const at = path === "" ? key : `${path}.${key}`;
        read.add(at);
        return typeof found === "object" && found !== null ? watch(found, at) : found;
      },
    });
  return { watched: watch(root, ""), unread: () => pathsIn(root, "").filter((path) => !read.has(path)) };
}

function pathsIn(value: object, path: string): string[] {
  return Object.entries(value).flatMap(([key, below]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [at, ...(typeof below === "object" && below !== null ? pathsIn(below, at) : [])];
  });
}
