/**
 * Where each envelope's instance comes from.
 *
 * A source decides alone how an instance comes to be in a state that a hop may see.
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
  /** Does what is left to do of hops that are over. No guest code runs. */
  tidy(): void;
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

  tidy(): void {}
}

/** How many envelopes one instance serves. */
export const REUSED_TIMES = 1_000;

/**
 * The same instance again, until a hop fails on it or it has served {@linkcode REUSED_TIMES}. Where guests wait for the host,
 * there are as many as hops at once.
 */
export class ReusedInstances implements InstanceSource {
  readonly #make: () => Instance;
  readonly #idle: Instance[] = [];
  readonly #served = new Map<Instance, number>();

  constructor(make: () => Instance) {
    this.#make = make;
  }

  get wants(): boolean {
    return this.#served.size === 0;
  }

  take(): Instance {
    return this.#idle.pop() ?? this.#new();
  }

  done(instance: Instance, ending: Ending): void {
    const served = (this.#served.get(instance) ?? 0) + 1;
    if (ending === "returned" && served < REUSED_TIMES) {
      this.#served.set(instance, served);
      this.#idle.push(instance);
    } else this.#served.delete(instance);
  }

  prepare(): void {
    if (this.wants) this.#idle.push(this.#new());
  }

  tidy(): void {}

  #new(): Instance {
    const instance = this.#make();
    this.#served.set(instance, 0);
    return instance;
  }
}
