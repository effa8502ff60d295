/**
 * One actor of a mesh on one machine: built from its source, run by a host, built anew when its source changes.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/mesh";
import type { Host } from "@troupe/host";
import { openStage, type ReplicaOptions, startReplica } from "@troupe/host/replica";
import { buildActor } from "../build/mod.ts";

/** What an actor is doing. */
export type ActorState = "building" | "starting" | "running" | "paused" | "refused" | "drained";

/** An actor's state, for people. */
export interface MeshActorStatus {
  readonly name: string;
  readonly state: ActorState;
  /** Why it does not run, or why its newest source is not the one that runs; empty when all is well. */
  readonly problem: string;
  readonly inFlight: number;
  /** Process ids of its sandboxes. */
  readonly pids: readonly number[];
  /** How often a new version took the place of the one before, while the mesh ran. */
  readonly swaps: number;
}

/** What {@linkcode MeshActor} needs. */
export interface MeshActorOptions {
  readonly replica: ReplicaOptions;
  /** Whether to check the types of its source. */
  readonly check: boolean;
  readonly onChange: (status: MeshActorStatus) => void;
}

/** An actor of a mesh. */
export class MeshActor {
  #spec: ActorSpec;
  readonly #options: MeshActorOptions;
  #state: ActorState = "building";
  #problem = "";
  #host: Host | undefined;
  #hostDone: Promise<void> = Promise.resolve();
  /** The start or update that is under way. */
  #work: Promise<void> = Promise.resolve();
  #ending = false;
  #swaps = 0;
  /** Digest of the component that runs. */
  #running = "";

  /** @param spec The actor; nothing is started yet. */
  constructor(spec: ActorSpec, options: MeshActorOptions) {
    this.#spec = spec;
    this.#options = options;
  }

  /** Whether envelopes in its queue are being taken. */
  get running(): boolean {
    return this.#state === "running";
  }

  /** Why envelopes in its queue are not handled at the moment; empty when they are. */
  get obstacle(): string {
    if (!this.running) return this.#problem || `it is ${this.#state}`;
    return this.#host?.broken ?? "";
  }

  /** What it is doing now. */
  get status(): MeshActorStatus {
    return {
      name: this.#spec.name,
      state: this.#state,
      problem: this.#problem || (this.#host?.broken ?? ""),
      inFlight: this.#host?.inFlight ?? 0,
      pids: this.#host?.stage.pids() ?? [],
      swaps: this.#swaps,
    };
  }

  /** Builds and runs it. Does not throw: what is wrong is in the status. */
  start(): Promise<void> {
    return this.#work = this.#start();
  }

  /**
   * Takes up a new spec, a new source or a new component. What runs goes on running until its successor is ready. Not to
   * be called again before it has resolved. Does not throw: what is wrong is in the status.
   */
  update(spec: ActorSpec): Promise<void> {
    return this.#work = this.#update(spec);
  }

  async #start(): Promise<void> {
    this.#change("building");
    try {
      const digest = await this.#build();
      if (this.#ending) return;
      this.#change("starting");
      const host = await startReplica(this.#spec, this.#options.replica);
      // A host that is drained before it runs takes nothing.
      if (this.#ending) await host.drain();
      this.#run(host, digest);
      this.#change("running");
    } catch (error) {
      this.#change("refused", explain(error));
    }
  }

  async #update(spec: ActorSpec): Promise<void> {
    const before = this.#spec;
    this.#spec = spec;
    if (!this.#host) return await this.#start();
    try {
      const digest = await this.#build();
      if (this.#ending) return;
      if (JSON.stringify(before) !== JSON.stringify(spec)) await this.#replace(spec, digest);
      else if (digest !== this.#running) await this.#swap(spec, digest);
      this.#change("running");
    } catch (error) {
      this.#spec = before;
      this.#change(
        "running",
        `the newest version does not run; the one before it goes on: ${explain(error)}`,
      );
    }
  }

  async #replace(spec: ActorSpec, digest: string): Promise<void> {
    const successor = await startReplica(spec, this.#options.replica);
    await this.#host?.drain();
    await this.#hostDone;
    this.#run(successor, digest);
    this.#swaps++;
  }

  async #swap(spec: ActorSpec, digest: string): Promise<void> {
    const logger = this.#options.replica.logger.child({ actor: spec.name });
    const stage = await openStage(spec, { ...this.#options.replica, logger });
    // A host that has ended would not close it.
    if (this.#ending) return await stage.close();
    await this.#host?.swap(stage);
    this.#running = digest;
    this.#swaps++;
  }

  /** Finishes what is in hand, and what is being built or started. */
  async drain(): Promise<void> {
    this.#ending = true;
    await this.#host?.drain();
    await this.#work;
    // That may have put another one in its place.
    await this.#host?.drain();
    await this.#hostDone;
    this.#change("drained");
  }

  /** Gives back what is in hand. */
  async stop(): Promise<void> {
    this.#ending = true;
    await this.#host?.stop();
    await this.#hostDone;
    this.#change("drained");
  }

  /** @returns The digest of the component; none where it is fetched, and the spec names it. */
  async #build(): Promise<string> {
    const { component } = await buildActor(this.#spec, { check: this.#options.check });
    return component?.digest ?? "";
  }

  #run(host: Host, digest: string): void {
    this.#host = host;
    this.#running = digest;
    this.#hostDone = this.#watch(host);
  }

  async #watch(host: Host): Promise<void> {
    try {
      await host.run();
    } catch (error) {
      // Whatever changes next starts another one.
      this.#host = undefined;
      this.#change("refused", explain(error));
    }
  }

  #change(state: ActorState, problem = ""): void {
    this.#state = state;
    this.#problem = problem;
    this.#options.onChange(this.status);
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
