/**
 * All objects of a kind, known here and kept up to date, whatever happens to the connection.
 *
 * @module
 */

import { backoffMs, pause } from "./_pause.ts";
import type { KubeClient, Selection } from "./client.ts";
import { KubeError } from "./errors.ts";
import type { Kind, KubeObject } from "./object.ts";
import type { WatchEvent } from "./watch.ts";

/** How often all is listed anew in milliseconds, so that what no watch told is found in the end. */
const DEFAULT_RELIST_MS = 10 * 60_000;
/** A watch that ends in good order sooner than this, in milliseconds, is not made anew before. */
const LEAST_WATCH_MS = 1_000;

/** Something that happened to an object. */
export interface Change {
  readonly type: "added" | "modified" | "deleted";
  /** The object as it is; a deleted one as it was last. */
  readonly object: KubeObject;
  /** The object as it was before. */
  readonly previous?: KubeObject;
}

/** What an informer is made with. */
export interface InformerOptions extends Selection {
  readonly client: KubeClient;
  readonly kind: Kind;
  /** Called for each change, in order; what it does must be short. An error that it throws ends the informer. */
  readonly onChange: (change: Change) => void;
  /**
   * Called when the objects cannot be listed or watched; it is tried again after that time, for ever.
   *
   * @param waitMs In milliseconds.
   */
  readonly onProblem?: (error: KubeError, waitMs: number) => void;
  /** How long a watch may be silent, in milliseconds. @default 30 seconds */
  readonly idleMs?: number;
  /** How often all is listed anew, in milliseconds. @default 10 minutes */
  readonly relistMs?: number;
}

/**
 * Knows all objects of a kind (of a namespace, with some label).
 *
 * `metadata.managedFields` is left out: it is as large as the rest.
 *
 * @example
 * ```ts ignore
 * import { Informer, KubeClient } from "@troupe/controller/kube";
 *
 * await using client = await KubeClient.open();
 * const informer = new Informer({
 *   client,
 *   kind: { apiVersion: "apps/v1", kind: "Deployment" },
 *   onChange: ({ type, object }) => console.log(type, object.metadata.name),
 * });
 * const end = new AbortController();
 * const running = informer.run(end.signal);
 * await informer.synced;
 * end.abort();
 * await running;
 * ```
 */
export class Informer {
  /** Resolves when the objects are known for the first time. */
  readonly synced: Promise<void>;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, KubeObject>();
  readonly #sync: () => void;

  constructor(options: InformerOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#sync = resolve;
  }

  /** An object as it was last heard of; nothing when there is none. */
  get(name: string, namespace?: string): KubeObject | undefined {
    return this.#objects.get(keyOf(name, namespace));
  }

  /** All objects. */
  list(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  /** Keeps up until the signal is aborted, and then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, kind, idleMs, relistMs = DEFAULT_RELIST_MS, onProblem } = this.#options;
    let version: string | undefined;
    let listed = 0;
    let failed = 0;
    while (!signal.aborted) {
      const begun = performance.now();
      try {
        if (version === undefined || begun - listed > relistMs) {
          version = await this.#list(signal);
          listed = begun;
        }
        const options = { ...this.#selection, resourceVersion: version, idleMs, signal };
        for await (const event of client.watch(kind, options)) {
          failed = 0;
          version = this.#take(event) ?? version;
        }
        failed = 0;
        await pause(LEAST_WATCH_MS - (performance.now() - begun), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof KubeError)) throw error;
        // What happened since then is not known any more: it is found by listing.
        if (error.code === "troupe.KubeGone") version = undefined;
        const waitMs = Math.max(backoffMs(++failed), error.retryAfterMs ?? 0);
        onProblem?.(error, waitMs);
        await pause(waitMs, signal);
      }
    }
  }

  get #selection(): Selection {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }

  /** Lists all, and tells what has changed since. @returns The version that the list is of. */
  async #list(signal: AbortSignal): Promise<string> {
    const { client, kind, onChange } = this.#options;
    const { items, resourceVersion } = await client.list(kind, this.#selection, { signal });
    const gone = new Map(this.#objects);
    for (const item of items) {
      gone.delete(keyOf(item.metadata.name, item.metadata.namespace));
      this.#put(item);
    }
    for (const [key, object] of gone) {
      this.#objects.delete(key);
      onChange({ type: "deleted", object });
    }
    this.#sync();
    return resourceVersion;
  }

  /** @returns How far the watch is. */
  #take({ type, object }: WatchEvent): string | undefined {
    if (type === "deleted") {
      const known = this.#objects.delete(keyOf(object.metadata.name, object.metadata.namespace));
      if (known) this.#options.onChange({ type, object: slim(object) });
    } else if (type !== "bookmark") this.#put(object);
    return object.metadata.resourceVersion;
  }

  #put(whole: KubeObject): void {
    const object = slim(whole);
    const key = keyOf(object.metadata.name, object.metadata.namespace);
    const previous = this.#objects.get(key);
    if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#objects.set(key, object);
    this.#options.onChange(previous ? { type: "modified", object, previous } : { type: "added", object });
  }
}

function keyOf(name = "", namespace = ""): string {
  return `${namespace}/${name}`;
}

function slim(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
