/**
 * All objects of a kind, as they were heard of last or written by this process, whichever is newer: what it has written
 * itself comes back to it a moment later, and is not to be written again meanwhile.
 *
 * @module
 */

import {
  type Change,
  Informer,
  type Kind,
  type KubeClient,
  type KubeError,
  type KubeObject,
} from "../kube/mod.ts";
import { Groups } from "./groups.ts";

/** How long the own word counts before that of the watch, in milliseconds: for as long as a watch may be silent. */
const OWN_MS = 30_000;

/** What it is made with. */
export interface KnownOptions {
  readonly client: KubeClient;
  readonly kind: Kind;
  /** @default all */
  readonly labelSelector?: string;
  /** What an object is found by, beside its name; see {@linkcode Known.of}. @default nothing */
  readonly group?: (object: KubeObject) => string | undefined;
  readonly onChange: (change: Change) => void;
  readonly onProblem: (kind: Kind, error: KubeError, waitMs: number) => void;
}

/** Knows all objects of a kind. */
export class Known {
  readonly kind: Kind;
  /** Resolves when the objects are known, or it is known why they are not. */
  readonly settled: Promise<void>;
  readonly #informer: Informer;
  readonly #own = new Map<string, { readonly object: KubeObject; readonly until: number }>();
  readonly #groups: Groups;
  #synced = false;
  #problem: KubeError | undefined;

  constructor({ client, kind, labelSelector, group = () => undefined, onChange, onProblem }: KnownOptions) {
    this.kind = kind;
    this.#groups = new Groups(group);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.settled = promise;
    this.#informer = new Informer({
      client,
      kind,
      labelSelector,
      onChange: (change) => {
        const key = keyOf(change.object);
        const own = this.#own.get(key)?.object;
        if (own && (change.type === "deleted" || !isNewer(own, change.object))) this.#own.delete(key);
        if (change.type === "deleted") this.#groups.remove(key);
        else this.#groups.put(key, change.object);
        onChange(change);
      },
      onProblem: (error, waitMs) => {
        this.#problem = error;
        resolve();
        onProblem(kind, error, waitMs);
      },
    });
    this.#informer.synced.then(() => {
      this.#synced = true;
      resolve();
    });
  }

  /** Resolves when the objects are known for the first time. */
  get synced(): Promise<void> {
    return this.#informer.synced;
  }

  /** Why the objects are not known; nothing once they were. */
  get problem(): KubeError | undefined {
    return this.#synced ? undefined : this.#problem;
  }

  /** An object; nothing when there is none, as far as is known. */
  get(name: string, namespace: string): KubeObject | undefined {
    const heard = this.#informer.get(name, namespace);
    const own = this.#own.get(`${namespace}/${name}`);
    if (!own || own.until < performance.now()) return heard;
    return heard && !isNewer(own.object, heard) ? heard : own.object;
  }

  /** All objects that were heard of. */
  list(): readonly KubeObject[] {
    return this.#informer.list();
  }

  /** Those of a group that were heard of. */
  of(group: string): readonly KubeObject[] {
    return this.#groups.of(group);
  }

  /** Takes what the API server has answered to a writing. */
  wrote(object: KubeObject): void {
    const now = performance.now();
    for (const [key, { until }] of this.#own) if (until < now) this.#own.delete(key);
    this.#own.set(keyOf(object), { object, until: now + OWN_MS });
  }

  /** Keeps up until the signal is aborted. */
  run(signal: AbortSignal): Promise<void> {
    return this.#informer.run(signal);
  }
}

function keyOf({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return `${namespace}/${name}`;
}

/** Versions of objects are numbers that grow, as Kubernetes says since 1.35; before, they were so too. */
function isNewer(a: KubeObject, b: KubeObject): boolean {
  return Number(a.metadata.resourceVersion ?? 0) > Number(b.metadata.resourceVersion ?? 0);
}
