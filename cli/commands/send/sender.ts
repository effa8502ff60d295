/**
 * Sends batches, and tells which envelopes are safe in their queues.
 *
 * @module
 */

import { isCrewStep } from "@troupe/host/actor_name";
import type { Transport } from "@troupe/host/transport";
import type { Output } from "../../view/output.ts";
import { actorsOf, publishBatch, UnknownActorError } from "./publish.ts";
import type { Submission } from "./submission.ts";

/** Sends, and keeps account of it. */
export class Sender {
  readonly #transport: Transport;
  readonly #actors: ReadonlySet<string>;
  readonly #out: Output | undefined;
  readonly #sent: string[] = [];
  readonly #warned = new Set<string>();

  private constructor(transport: Transport, actors: readonly string[], out: Output | undefined) {
    this.#transport = transport;
    this.#actors = new Set(actors);
    this.#out = out;
  }

  /** @param out Where ids are printed; undefined for nowhere. */
  static async make(transport: Transport, out: Output | undefined): Promise<Sender> {
    return new Sender(transport, await actorsOf(transport), out);
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
    await publishBatch(this.#transport, batch, { onSafe: (ids) => this.acknowledge(ids) });
  }

  /** Prints the ids of envelopes that are safe in their queues. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    this.#sent.push(...ids);
    for (const id of ids) await this.#out?.line(id);
    await this.#out?.flush();
  }
}
