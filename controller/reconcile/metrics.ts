/**
 * What the controller counts.
 *
 * @module
 */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { KubeObject } from "../kube/mod.ts";
import { conditionsIn } from "./status.ts";

/** What is looked at when somebody asks. */
export interface Watched {
  readonly queue: { readonly size: number; readonly failing: number };
  readonly actors: { list(): readonly KubeObject[] };
}

/** The metrics of a controller; all their names begin with `troupe_controller_`. */
export class ControllerMetrics {
  readonly #registry = new Registry();
  #watched: Watched | undefined;
  /** Writes to the API server, by `write` and `kind`. */
  readonly writes = new Counter({
    name: "troupe_controller_writes_total",
    help: "Writes to the API server that it has taken.",
    labelNames: ["write", "kind"],
    registers: [this.#registry],
  });
  /** Failures to list or watch, by `kind`. */
  readonly watchFailures = new Counter({
    name: "troupe_controller_watch_failures_total",
    help: "How often the objects of a kind could not be listed or watched.",
    labelNames: ["kind"],
    registers: [this.#registry],
  });
  /** Whether this replica acts. */
  readonly leading = new Gauge({
    name: "troupe_controller_leading",
    help: "1 for the replica that acts, 0 for those that stand by.",
    registers: [this.#registry],
  });
  readonly #reconciles = new Histogram({
    name: "troupe_controller_reconcile_seconds",
    help: "How long it took to look at an actor and write what was not so yet.",
    labelNames: ["result"],
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60],
    registers: [this.#registry],
  });

  readonly #length = new Gauge({
    name: "troupe_controller_queue_length",
    help: "Actors that wait or are in hand.",
    registers: [this.#registry],
  });
  readonly #failing = new Gauge({
    name: "troupe_controller_failing",
    help: "Actors whose last attempt failed.",
    registers: [this.#registry],
  });
  readonly #actors = new Gauge({
    name: "troupe_controller_actors",
    help: "Actors by the status of their condition Ready.",
    labelNames: ["ready"],
    registers: [this.#registry],
  });

  /** Begins to measure a look at an actor. @returns What ends that. */
  reconciled(): (result: "success" | "failure") => void {
    const end = this.#reconciles.startTimer();
    return (result) => void end({ result });
  }

  /** What is looked at from now on. */
  watch(watched: Watched | undefined): void {
    this.#watched = watched;
  }

  /** The text that Prometheus reads, and its content type. */
  async render(): Promise<{ readonly contentType: string; readonly text: string }> {
    this.#length.set(this.#watched?.queue.size ?? 0);
    this.#failing.set(this.#watched?.queue.failing ?? 0);
    this.#actors.reset();
    for (const actor of this.#watched?.actors.list() ?? []) {
      const ready = conditionsIn(actor).find(({ type }) => type === "Ready")?.status ?? "Unknown";
      this.#actors.inc({ ready });
    }
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
