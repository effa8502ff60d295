/**
 * Where each envelope's instance comes from.
 *
 * This is the seam for other ways to the state of a new instance, such as restoring a used one: a source decides alone
 * how an instance comes to be in a state that a hop may see.
 *
 * @module
 */

import type { Instance } from "./instance.ts";

/** How a hop ended: `failed` for everything but a plain return. */
export type Ending = "returned" | "failed";

/** Gives instances. */
export interface InstanceSource {
  /** One for the next hop. Throws what making it throws. */
  take(): Instance;
  /** The hop is over. */
  done(instance: Instance, ending: Ending): void;
  /** Whether {@linkcode prepare} would make an instance. */
  readonly wants: boolean;
  /** Makes an instance for the next hop, where one is wanted. Throws what making it throws. */
  prepare(): void;
}

/**
 * Instances after which what they left is collected, and bytes of theirs: left alone, V8 lets hundreds of them lie, with
 * all their memory.
 */
const COLLECT_AFTER = { instances: 20, bytes: 64 * 1024 * 1024 };

/** A new instance for each envelope, one of them made ahead. */
export class FreshInstances implements InstanceSource {
  readonly #make: () => Instance;
  readonly #collect: () => void;
  #ahead: Instance | undefined;
  #left = { instances: 0, bytes: 0 };

  /** @param collect Collects what short-lived instances left. */
  constructor(make: () => Instance, collect: () => void) {
    this.#make = make;
    this.#collect = collect;
  }

  get wants(): boolean {
    return !this.#ahead;
  }

  take(): Instance {
    const instance = this.#ahead ?? this.#make();
    this.#ahead = undefined;
    return instance;
  }

  done(instance: Instance): void {
    this.#left.instances++;
    this.#left.bytes += instance.memoryBytes();
    if (this.#left.instances < COLLECT_AFTER.instances && this.#left.bytes < COLLECT_AFTER.bytes) return;
    this.#left = { instances: 0, bytes: 0 };
    this.#collect();
  }

  prepare(): void {
    this.#ahead ??= this.#make();
  }
}

/** How many envelopes one instance serves. */
export const REUSED_TIMES = 1_000;

/** The same instance again, until a hop fails on it or it has served {@linkcode REUSED_TIMES}. */
export class ReusedInstances implements InstanceSource {
  readonly #make: () => Instance;
  #instance: Instance | undefined;
  #served = 0;

  constructor(make: () => Instance) {
    this.#make = make;
  }

  get wants(): boolean {
    return !this.#instance;
  }

  take(): Instance {
    return this.#instance ??= this.#make();
  }

  done(_: Instance, ending: Ending): void {
    if (ending === "returned" && ++this.#served < REUSED_TIMES) return;
    this.#instance = undefined;
    this.#served = 0;
  }

  prepare(): void {
    this.#instance ??= this.#make();
  }
}
