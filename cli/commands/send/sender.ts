/**
 * Sends batches, and tells which envelopes are safe in their queues.
 *
 * @module
 */

import { isCrewStep } from "@troupe/host/actor_name";
import { NO_TRACING, type Tracing } from "@troupe/host/observe/tracing";
import type { Transport } from "@troupe/host/transport";
import type { Output } from "../../view/output.ts";
import { actorsOf, publishBatch, UnknownActorError } from "./publish.ts";
import type { Submission } from "./submission.ts";

/** What a sender tells, and where. */
export interface SenderOptions {
  /** Where ids are printed. @default nowhere */
  readonly out?: Output | undefined;
  /** Where the spans go that traces begin with. @default nothing is traced */
  readonly tracing?: Tracing;
}

/** Sends, and keeps account of it. */
export class Sender {
  readonly #transport: Transport;
  readonly #actors: ReadonlySet<string>;
  readonly #out: Output | undefined;
  readonly #tracing: Tracing;
  readonly #sent: string[] = [];
  readonly #warned = new Set<string>();

  private constructor(
    transport: Transport,
    actors: readonly string[],
    { tracing = NO_TRACING, out }: SenderOptions,
  ) {
    this.#transport = transport;
    this.#actors = new Set(actors);
    this.#out = out;
    this.#tracing = tracing;
  }

  /** Makes one, which knows the actors of the mesh. */
  static async make(transport: Transport, options: SenderOptions = {}): Promise<Sender> {
    return new Sender(transport, await actorsOf(transport), options);
  }

  /** Ids of the envelopes that are safe in their queues, in the order in which they became so. */
  get sent(): readonly string[] {
    return this.#sent;
  }

  /**
   * Refuses a route that cannot begin, and warns, once for each name, of one that may come to a halt.
   *
   * @throws {UnknownActorError} when its first step is no actor of this mesh.
   */
  checkRoute([first, ...later]: readonly string[]): void {
    if (first === undefined) return;
    if (!isCrewStep(first) && !this.#actors.has(first)) {
      throw new UnknownActorError(first, [...this.#actors]);
    }
    for (const name of later) {
      if (isCrewStep(name) || this.#actors.has(name) || this.#warned.has(name)) continue;
      this.#warned.add(name);
      console.error(
        `There is no actor ${name} in this mesh: what comes to it waits 30 s for it, then goes to x-sump.`,
      );
    }
  }

  /** Puts a batch into the queues, and prints the ids. */
  async publish(batch: readonly Submission[]): Promise<void> {
    if (batch.length === 0) return;
    const startedAt = Date.now();
    const traced = new Map(batch.map((submission) => [submission.id, submission]));
    await publishBatch(this.#transport, batch, {
      onSafe: async (ids) => {
        for (const id of ids) this.#trace(traced.get(id), startedAt);
        await this.acknowledge(ids);
      },
    });
  }

  #trace(submission: Submission | undefined, startedAt: number): void {
    if (!submission?.trace) return;
    const { id, to, trace: context } = submission;
    this.#tracing.submitted({ id, to, transport: this.#transport.name, context, startedAt });
  }

  /** Prints the ids of envelopes that are safe in their queues. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    this.#sent.push(...ids);
    for (const id of ids) await this.#out?.line(id);
    await this.#out?.flush();
  }
}
