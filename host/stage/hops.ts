/**
 * The hops that a sandbox has, and which of them guest code is in, as far as the sandbox has said. One at a time; those
 * that wait for the host are between two stretches of it.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import type { HopResult } from "../hop.ts";
import type { Session } from "./session.ts";
import { FrameError } from "./wire/frames.ts";

/** A hop that is to be run. */
export interface Job {
  readonly envelope: Envelope;
  readonly resolve: (result: HopResult) => void;
  readonly reject: (error: unknown) => void;
  /** How often a sandbox was ended under it without its being to blame. */
  bystander: number;
  /** How often a sandbox ended by itself while guest code was in it. */
  deaths: number;
}

/** A hop in a sandbox. */
export interface Given {
  readonly job: Job;
  readonly session: Session;
  /** What it takes of the sandbox's credit. */
  readonly bytes: number;
  /** When guest code was first entered for it. */
  begunAt?: number;
  /** It was found to be over its time once already. */
  late?: boolean;
  /** Processor time that was seen to be spent in it, in milliseconds. */
  cpuMs: number;
  /** Its job is settled already: nothing that the sandbox says of it counts any more. */
  abandoned?: boolean;
}

/** The hops of one sandbox, in the order in which they were given. */
export class Hops {
  readonly #all = new Map<bigint, Given>();
  readonly #unbegun: Given[] = [];
  #inside: Given | "no hop" | undefined;
  #bytes = 0;
  #looked: { readonly spentMs: number; readonly inside: Given | "no hop" | undefined } = {
    spentMs: 0,
    inside: undefined,
  };

  /** Where guest code is. */
  get inside(): Given | "no hop" | undefined {
    return this.#inside;
  }

  get size(): number {
    return this.#all.size;
  }

  /** What they take of the sandbox's credit, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is the sandbox's turn: there is one to begin with, or one to abandon. */
  get due(): boolean {
    return this.#unbegun.length > 0 || [...this.#all.values()].some(({ abandoned }) => abandoned);
  }

  add(given: Given): void {
    this.#all.set(given.session.nonce, given);
    this.#unbegun.push(given);
    this.#bytes += given.bytes;
  }

  get(nonce: bigint): Given | undefined {
    return this.#all.get(nonce);
  }

  /** One whose job is not settled. */
  live(nonce: bigint): Given | undefined {
    const given = this.#all.get(nonce);
    return given?.abandoned ? undefined : given;
  }

  /**
   * Those that take longer than they may, and were found to already at the look before: were it the host that was held up,
   * what has come meanwhile is read in between.
   *
   * @returns Those, and whether there are others, which are to be looked at again soon.
   */
  overdue(timeoutMs: number): { readonly late: readonly Given[]; readonly again: boolean } {
    const now = performance.now();
    const late = [...this.#all.values()].filter(({ begunAt = now, abandoned }) =>
      !abandoned && now - begunAt >= timeoutMs
    );
    const before = late.filter((given) => given.late);
    for (const given of late) given.late = true;
    return { late: before, again: late.length > before.length };
  }

  /**
   * Charges processor time to the hop that guest code is in, if it was in it at the look before.
   *
   * @param spentMs What the process has spent up to now, in milliseconds.
   * @returns That hop.
   */
  charge(spentMs: number): Given | undefined {
    const before = this.#looked;
    const inside = this.#inside;
    this.#looked = { spentMs, inside };
    if (!inside || inside === "no hop" || inside !== before.inside) return undefined;
    inside.cpuMs += spentMs - before.spentMs;
    return inside;
  }

  /** Guest code is entered: for the next one, or for one that waits. @throws {FrameError} when it is not its turn. */
  enter(nonce: bigint): void {
    if (this.#inside !== undefined) throw new FrameError("entered twice");
    const given = this.#all.get(nonce);
    if (!given || given.begunAt === undefined && given !== this.#unbegun[0]) {
      throw new FrameError("entered what was not its turn");
    }
    if (given.begunAt === undefined) {
      this.#unbegun.shift();
      given.begunAt = performance.now();
    }
    this.#inside = given;
  }

  /** Guest code is entered to make an instance. @throws {FrameError} when it is in something else. */
  enterNone(): void {
    if (this.#inside !== undefined) throw new FrameError("entered twice");
    this.#inside = "no hop";
  }

  /** The hop that guest code is in, if it is the one that is named. @throws {FrameError} when it is not. */
  running(nonce: bigint, type: number): Given {
    const inside = this.#inside;
    if (!inside || inside === "no hop" || inside.session.nonce !== nonce) {
      throw new FrameError(`type ${type} for a hop that is not running`);
    }
    return inside;
  }

  /** Guest code is left: for good, or for a while. */
  leave(): void {
    this.#inside = undefined;
  }

  /** A hop is over. */
  remove(given: Given): void {
    if (this.#inside === given) this.#inside = undefined;
    this.#all.delete(given.session.nonce);
    this.#bytes -= given.bytes;
    given.session.close();
  }

  /** All that are not settled; none is left then. */
  clear(): Given[] {
    const all = [...this.#all.values()];
    this.#all.clear();
    this.#unbegun.length = 0;
    this.#bytes = 0;
    for (const { session } of all) session.close();
    return all.filter(({ abandoned }) => !abandoned);
  }
}
