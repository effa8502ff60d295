/**
 * Counts what people look at while a mesh runs.
 *
 * @module
 */

import type { HostMetrics } from "@troupe/host/observe/metrics";
import type { End } from "./mesh.ts";

/** What was done under one name. */
export interface Tally {
  readonly done: number;
  readonly failed: number;
}

const NONE: Tally = { done: 0, failed: 0 };

/** Counts hops by actor, and ends by the member of the crew that recorded them. */
export class Counter implements HostMetrics {
  readonly #tallies = new Map<string, Tally>();
  readonly #also: HostMetrics;

  /** @param also Told of everything too. */
  constructor(also: HostMetrics) {
    this.#also = also;
  }

  /** What an actor has done since the start, or a member of the crew has recorded. */
  of(name: string): Tally {
    return this.#tallies.get(name) ?? NONE;
  }

  /** Counts an end. */
  ended({ by, failed }: End): void {
    this.#add(by, failed);
  }

  done(...args: Parameters<HostMetrics["done"]>): void {
    const [actor, { verdict }] = args;
    this.#add(actor, verdict === "failed" || verdict === "dead");
    this.#also.done(...args);
  }

  received(...args: Parameters<HostMetrics["received"]>): void {
    this.#also.received(...args);
  }

  published(...args: Parameters<HostMetrics["published"]>): void {
    this.#also.published(...args);
  }

  inFlight(...args: Parameters<HostMetrics["inFlight"]>): void {
    this.#also.inFlight(...args);
  }

  stageEvent(...args: Parameters<HostMetrics["stageEvent"]>): void {
    this.#also.stageEvent(...args);
  }

  recorded(...args: Parameters<HostMetrics["recorded"]>): void {
    this.#also.recorded(...args);
  }

  #add(name: string, failed: boolean): void {
    const { done, failed: before } = this.of(name);
    this.#tallies.set(name, { done: done + 1, failed: before + (failed ? 1 : 0) });
  }
}
