/**
 * The state of a new instance for each envelope, by putting used ones back to where they began.
 *
 * @module
 */

import type { Instance } from "./instance.ts";
import { type Ending, FreshInstances, type InstanceSource } from "./instance_source.ts";

/** How many envelopes one instance serves: what the glue keeps of each is little, and adds up. */
export const RESTORED_TIMES = 1_000;
/**
 * After so many in a row that returned and could not be put back, so many are made that are not meant to be: the copies
 * cost something too.
 */
export const GIVEN_UP = { after: 5, for: 100 };
/**
 * Bytes of memory of the instances that are kept for later, but for one: where guests wait for the host, as many are in use
 * at once as there are hops, and copies of what is in them take up to as much again.
 */
export const MOST_KEPT_BYTES = 128 * 1024 * 1024;

/** What instances are made with. */
export interface MakeOptions {
  /** Whether it is to be put back later. */
  readonly restorable: boolean;
}

/** Options of {@linkcode RestoredInstances}. */
export interface RestoredOptions {
  /** Collects what short-lived instances left. */
  readonly collect: () => void;
  /** Most instances that are kept for later. */
  readonly most: number;
}

/** Used instances, put back; new ones where there is none, or where one could not be put back. */
export class RestoredInstances implements InstanceSource {
  readonly #new: FreshInstances;
  readonly #most: number;
  /** Those that are as new, and those that are to be put back. */
  readonly #ready: Instance[] = [];
  readonly #used: Instance[] = [];
  readonly #served = new WeakMap<Instance, number>();
  #lostInARow = 0;
  #givenUpFor = 0;

  constructor(make: (options: MakeOptions) => Instance, { collect, most }: RestoredOptions) {
    this.#new = new FreshInstances(() => {
      const restorable = this.#givenUpFor === 0;
      if (!restorable) this.#givenUpFor--;
      return make({ restorable });
    }, collect);
    this.#most = most;
  }

  get wants(): boolean {
    return this.#ready.length + this.#used.length === 0 && this.#new.wants;
  }

  take(): Instance {
    if (this.#ready.length === 0) this.#restoreOne();
    return this.#ready.pop() ?? this.#new.take();
  }

  done(instance: Instance, ending: Ending): void {
    const served = (this.#served.get(instance) ?? 0) + 1;
    this.#served.set(instance, served);
    const { kept } = instance;
    const sound = ending === "returned" && kept !== undefined && kept.spoilt === undefined;
    if (sound) this.#lostInARow = 0;
    else if (ending === "returned" && kept) this.#lost();
    if (sound && this.#hasRoomFor(instance) && served < RESTORED_TIMES) this.#used.push(instance);
    else this.#new.done(instance);
  }

  prepare(): void {
    if (this.wants) this.#new.prepare();
  }

  tidy(): void {
    while (this.#used.length > 0) this.#restoreOne();
  }

  /** None of those that are kept has grown: they are all of one size. */
  #hasRoomFor(instance: Instance): boolean {
    const kept = this.#ready.length + this.#used.length;
    return kept === 0 || (kept < this.#most && (kept + 1) * instance.memoryBytes() <= MOST_KEPT_BYTES);
  }

  #lost(): void {
    if (++this.#lostInARow < GIVEN_UP.after) return;
    this.#lostInARow = 0;
    this.#givenUpFor = GIVEN_UP.for;
  }

  #restoreOne(): void {
    const instance = this.#used.pop();
    if (!instance) return;
    instance.kept?.restore();
    this.#ready.push(instance);
  }
}
