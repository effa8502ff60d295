/**
 * What a hop asks the host for, and how its guest waits for the answer while the guests of other hops run.
 *
 * @module
 */

import type { ServiceName } from "../services.ts";
import { type Answer, encodeAsk, MOST_ASKS } from "../wire/ask.ts";
import { FrameType } from "../wire/frames.ts";
import type { Limits } from "../../limits.ts";
import { StoppedError } from "./failures.ts";
import type { Port } from "./port.ts";
import type { Turns } from "./turns.ts";
import { unwindingOfLast } from "./unwinding.ts";

/** The questions of one hop. */
export class HostCalls {
  readonly #nonce: bigint;
  readonly #port: Port;
  readonly #turns: Turns;
  readonly #limits: Pick<Limits, "hostCalls">;
  readonly #stop: (error: unknown) => void;
  readonly #open = new Map<number, (body: Uint8Array<ArrayBuffer>) => void>();
  #next = 0;
  #tooMany: StoppedError | undefined;
  #inside = true;
  /** What is left to do once its guest is out, when the host has given it up. */
  #drop: (() => void) | undefined;
  #abandoned = false;
  /** Unwinds its guest's stack, while that waits. */
  #unwind = () => {};
  /** Wakes its guest, while that waits: the host has given the hop up. */
  #wake = () => {};

  constructor(
    nonce: bigint,
    { port, turns, limits, stop }: {
      readonly port: Port;
      readonly turns: Turns;
      readonly limits: Pick<Limits, "hostCalls">;
      /** The hop has failed, and its guest is not entered any more. */
      readonly stop: (error: unknown) => void;
    },
  ) {
    this.#stop = stop;
    this.#nonce = nonce;
    this.#port = port;
    this.#turns = turns;
    this.#limits = limits;
  }

  /**
   * Asks. The guest goes on; it waits with {@linkcode wait}. Rejects when there are too many: the hop then ends as soon as
   * its guest waits for anything. What the host cannot answer ends the hop.
   */
  ask(service: ServiceName, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    this.#tooMany ??= this.#problem();
    if (this.#tooMany) return Promise.reject(this.#tooMany);
    const id = this.#next++;
    this.#port.send(FrameType.Ask, this.#nonce, ...encodeAsk({ id, service, body }));
    return new Promise((resolve) => this.#open.set(id, resolve));
  }

  #problem(): StoppedError | undefined {
    const { hostCalls } = this.#limits;
    const message = this.#open.size >= hostCalls
      ? `More than ${hostCalls} questions to the host at once (limits.hostCalls)`
      : this.#next >= MOST_ASKS
      ? `More than ${MOST_ASKS} questions to the host in one hop`
      : undefined;
    return message === undefined ? undefined : new StoppedError({ stopped: "troupe.HostCallLimit", message });
  }

  /** An answer came. */
  answer({ id, body }: Answer): void {
    this.#open.get(id)?.(body);
    this.#open.delete(id);
  }

  /**
   * The guest waits for something. When that is there and it is its turn again, it goes on; not, if its hop is over by
   * then, as it is where what it waits for rejects: its stack is unwound. (Glue that waits does not get over an import that
   * throws.)
   */
  async wait<T>(something: Promise<T>): Promise<T> {
    this.#inside = false;
    // One call may wait more than once, and others make theirs meanwhile.
    this.#unwind = unwindingOfLast() ?? this.#unwind;
    if (this.#abandoned) this.#drop?.();
    else this.#port.send(FrameType.Waiting, this.#nonce);
    this.#turns.leave();
    // Not here and now: the guest that waits is still on the stack.
    queueMicrotask(() => this.#turns.run());
    const settling = Promise.allSettled([this.#orTooMany(something)]);
    const abandoned = new Promise<undefined>((resolve) => this.#wake = () => resolve(undefined));
    if (this.#abandoned) this.#wake();
    const settled = await Promise.race([settling, abandoned]);
    if (settled && await this.#turn()) {
      const [outcome] = settled;
      if (outcome.status === "fulfilled") return outcome.value;
      this.#stop(outcome.reason);
    }
    this.#unwind();
    return await new Promise<never>(() => {});
  }

  #orTooMany<T>(something: Promise<T>): Promise<T> {
    return this.#tooMany ? Promise.race([Promise.reject(this.#tooMany), something]) : something;
  }

  /** Its turn. @returns Whether it may go on: before that it may have been abandoned. */
  async #turn(): Promise<boolean> {
    return await new Promise<boolean>((resolve) => {
      this.#turns.take(() => resolve(this.#goOn()));
      this.#turns.run();
    });
  }

  #goOn(): boolean {
    if (this.#abandoned) {
      this.#turns.leave();
      return false;
    }
    this.#inside = true;
    this.#port.send(FrameType.Entered, this.#nonce);
    this.#port.flush();
    return true;
  }

  /**
   * The host has given the hop up: its guest is not entered any more.
   *
   * @param drop Called when its guest is out: now, unless it is on its way in. Not at all where it returns before it waits.
   */
  abandon(drop: () => void): void {
    this.#abandoned = true;
    this.#wake();
    this.#open.clear();
    if (this.#inside) this.#drop = drop;
    else drop();
  }
}
