/**
 * One of several replicas acts, and the others stand by.
 *
 * @module
 */

import { z } from "zod";
import { parseAnswer } from "./_answer.ts";
import { Limit } from "./_limit.ts";
import { microTime } from "./_micro_time.ts";
import { pause } from "./_pause.ts";
import type { KubeClient } from "./client.ts";
import { isKubeError, KubeError } from "./errors.ts";
import { type KubeObject, KubeObjectSchema, type ObjectRef } from "./object.ts";

const LeaseSchema = KubeObjectSchema.extend({
  spec: z.looseObject({
    holderIdentity: z.string().optional(),
    leaseDurationSeconds: z.number().optional(),
    leaseTransitions: z.number().optional(),
    renewTime: z.string().nullish(),
  }).default({}),
});
type Lease = z.infer<typeof LeaseSchema>;

/** What a lease is held with. */
export interface LeaseOptions {
  readonly client: KubeClient;
  /** Name of the Lease. */
  readonly name: string;
  readonly namespace: string;
  /** Who this is: no two may have the same. */
  readonly identity: string;
  /** Called when the lease cannot be had or kept for now, other than because somebody else has it. */
  readonly onProblem?: (error: KubeError) => void;
  /** Others take over when it has not been renewed for so long, in seconds. @default 15 */
  readonly durationSeconds?: number;
  /** How often the holder renews it, in milliseconds. @default 5,000 */
  readonly renewMs?: number;
  /** How often it is tried again, by who wants it and by who could not renew it, in milliseconds. @default 2,000 */
  readonly retryMs?: number;
}

/**
 * Stands by until this replica has the lease, leads while it has it, and stands by again when it was lost.
 *
 * A replica that cannot renew stops leading after two thirds of the lease's duration, before anybody else can begin. Clocks
 * need not agree: each measures by its own how long it has not seen a change.
 *
 * @param lead Is called each time this replica begins to lead, and has to end when its signal is aborted; a replica does
 * not compete again before it has ended. What it throws ends all.
 * @param signal Ends all; the lease is given back, so that another need not wait for it.
 */
export async function whileLeading(
  options: LeaseOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const election = new Election(options);
  while (await election.acquire(signal)) {
    // Aborted when it was not renewed in time.
    using held = new Limit(election.safeMs, signal);
    held.restart(election.agoMs);
    const leading = lead(held.signal).finally(() => held[Symbol.dispose]());
    try {
      await Promise.all([leading, election.keep(held)]);
    } finally {
      await election.release();
    }
    if (!held.expired) return;
  }
}

class Election {
  readonly #options: LeaseOptions & Required<Pick<LeaseOptions, "durationSeconds" | "renewMs" | "retryMs">>;
  readonly #ref: ObjectRef;
  /** What was seen last, and when: by this process' clock. */
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;
  /** The lease as it is while it is held. */
  #mine: Lease | undefined;
  /** When the call was begun by which it is held: others count from when it was done. */
  #renewed = 0;

  constructor(options: LeaseOptions) {
    this.#options = { durationSeconds: 15, renewMs: 5_000, retryMs: 2_000, ...options };
    const { name, namespace } = options;
    this.#ref = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", name, namespace };
  }

  /** How long after its last renewal the holder may act, in milliseconds. */
  get safeMs(): number {
    return this.#options.durationSeconds * 1000 * 2 / 3;
  }

  /** How long ago it was renewed, in milliseconds. */
  get agoMs(): number {
    return performance.now() - this.#renewed;
  }

  /** Resolves with true when the lease is held, with false when the signal was aborted before. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#attempt(() => this.#take(signal), signal)) return true;
      await pause(this.#options.retryMs, signal);
    }
    return false;
  }

  /** Renews it until it is lost, or the limit is aborted. */
  async keep(held: Limit): Promise<void> {
    const { renewMs, retryMs } = this.#options;
    let renewed = true;
    while (!held.signal.aborted) {
      // From the beginning of the last call on: it may have taken long.
      await pause(renewed ? renewMs - this.agoMs : retryMs, held.signal);
      if (held.signal.aborted) return;
      renewed = await this.#attempt(() => this.#renew(held.signal), held.signal);
      if (renewed) held.restart(this.agoMs);
      if (this.#mine === undefined) held.expire();
    }
  }

  /** Gives it back, if it is held. */
  async release(): Promise<void> {
    const lease = this.#mine;
    if (lease === undefined) return;
    this.#mine = undefined;
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
    await this.#attempt(async () => {
      await this.#options.client.replace({ ...lease, spec }, { limitMs: this.#patienceMs });
      return true;
    });
  }

  async #take(signal: AbortSignal): Promise<boolean> {
    const { client, identity } = this.#options;
    const options = { signal, limitMs: this.#patienceMs };
    const found = await client.find(this.#ref, options);
    const lease = found && parsed(found);
    if (lease && lease.spec.holderIdentity !== identity && !this.#isFree(lease)) return false;
    // Its own, when it took it by a call whose answer was lost.
    const { apiVersion, kind, name, namespace } = this.#ref;
    const begun = performance.now();
    const taken = lease
      ? await client.replace({ ...lease, spec: this.#spec(lease.spec) }, options)
      : await client.create(
        { apiVersion, kind, metadata: { name, namespace }, spec: this.#spec({}) },
        options,
      );
    this.#mine = parsed(taken);
    this.#renewed = begun;
    return true;
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    if (this.#mine === undefined) return false;
    const { client, identity } = this.#options;
    const options = { signal, limitMs: this.#patienceMs };
    const begun = performance.now();
    try {
      const renewed = await client.replace({ ...this.#mine, spec: this.#spec(this.#mine.spec) }, options);
      this.#mine = parsed(renewed);
      this.#renewed = begun;
      return true;
    } catch (error) {
      if (!isKubeError(error, "troupe.KubeConflict", "troupe.KubeNotFound")) throw error;
      // Somebody took it, edited it or deleted it, or an answer was lost: whose is it now?
      const found = await client.find(this.#ref, options);
      const lease = found && parsed(found);
      this.#mine = lease?.spec.holderIdentity === identity ? lease : undefined;
      return false;
    }
  }

  /** One call must not use up the time in which others could be tried, in milliseconds. */
  get #patienceMs(): number {
    return this.#options.durationSeconds * 1000 / 3;
  }

  #isFree(lease: Lease): boolean {
    if (!lease.spec.holderIdentity) return true;
    const version = lease.metadata.resourceVersion;
    if (this.#seen?.version !== version) this.#seen = { version, at: performance.now() };
    const { leaseDurationSeconds = this.#options.durationSeconds } = lease.spec;
    return performance.now() - (this.#seen?.at ?? 0) > leaseDurationSeconds * 1000;
  }

  #spec(before: Lease["spec"]): Record<string, unknown> {
    const { identity, durationSeconds } = this.#options;
    const now = microTime(new Date());
    const isNew = before.holderIdentity !== identity;
    return {
      ...before,
      holderIdentity: identity,
      leaseDurationSeconds: durationSeconds,
      renewTime: now,
      ...isNew ? { acquireTime: now, leaseTransitions: (before.leaseTransitions ?? -1) + 1 } : {},
    };
  }

  /** @returns What `run` returns; false when it fails, or was ended by the signal. */
  async #attempt(run: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    try {
      return await run();
    } catch (error) {
      if (signal?.aborted) return false;
      if (!(error instanceof KubeError)) throw error;
      // With these somebody else was quicker.
      const { onProblem } = this.#options;
      if (!isKubeError(error, "troupe.KubeConflict", "troupe.KubeAlreadyExists")) onProblem?.(error);
      return false;
    }
  }
}

function parsed(object: KubeObject): Lease {
  return parseAnswer(LeaseSchema, object, "Lease");
}
