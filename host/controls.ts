/**
 * What operators have asked of a running mesh: actors that are paused, and envelopes that are called off.
 *
 * The store has it for good, with a revision that rises with each change. Hosts, which have no store, are told by
 * broadcasts (`control_feed.ts`); each says all of what is paused, so that one that was missed is made up by the next.
 *
 * @module
 */

import { z } from "zod";
import { isActorName } from "./actor_name.ts";
import type { Envelope } from "./envelope.ts";
import { framesOf, rootOf } from "./fan.ts";

/** An envelope that is called off. */
export interface Cancellation {
  readonly id: string;
  /** Not what has come, or will come, of it. @default false */
  readonly only?: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Everything that is asked at the moment; or all of what is paused, and some of what is called off. */
export interface ControlState {
  /** Rises with each change. */
  readonly revision: number;
  /** Names of the actors that are paused. */
  readonly paused: readonly string[];
  readonly canceled: readonly Cancellation[];
}

const State = z.object({
  revision: z.int().min(0),
  paused: z.array(z.string().refine(isActorName)).max(100_000),
  canceled: z.array(z.object({ id: z.string(), only: z.boolean().optional(), at: z.int() })).max(100_000),
});

/** Ids whose cancellation, unless it is of them only, calls an envelope off: its own, and those that it came of. */
export function callsOff(envelope: Pick<Envelope, "id" | "headers">): string[] {
  return [envelope.id, rootOf(envelope), ...framesOf(envelope.headers).flatMap(({ id }) => id ?? [])];
}

/** Reads a broadcast; undefined when it is none: whoever sends on the topic may send anything. */
export function readControlState(bytes: Uint8Array): ControlState | undefined {
  try {
    return State.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** A broadcast. */
export function writeControlState(state: ControlState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** What a host has to know. */
export class Controls {
  readonly #canceled = new Map<string, Cancellation>();
  readonly #listeners = new Set<() => void>();
  #paused: ReadonlySet<string> = new Set();
  #revision = -1;

  /** Whether an actor is to take nothing. */
  isPaused(actor: string): boolean {
    return this.#paused.has(actor);
  }

  /** Whether an envelope, or one that it came of, is called off. */
  isCanceled(envelope: Pick<Envelope, "id" | "headers">): boolean {
    if (this.#canceled.size === 0) return false;
    if (this.#canceled.has(envelope.id)) return true;
    return callsOff(envelope).some((id) => this.#canceled.get(id)?.only === false);
  }

  /** Takes up what is asked. What is older than what is known only adds to what is called off, which never ends. */
  apply({ revision, paused, canceled }: ControlState): void {
    for (const { id, only = false, at } of canceled) {
      const known = this.#canceled.get(id);
      if (known?.only !== false) this.#canceled.set(id, { id, only, at });
    }
    if (revision < this.#revision) return;
    this.#revision = revision;
    const before = this.#paused;
    this.#paused = new Set(paused);
    if (before.size === this.#paused.size && paused.every((actor) => before.has(actor))) return;
    for (const listener of this.#listeners) listener();
  }

  /** Forgets what was called off before a moment, in milliseconds since the epoch: nothing of it is under way any more. */
  forget(before: number): void {
    for (const [id, { at }] of this.#canceled) if (at < before) this.#canceled.delete(id);
  }

  /** Calls when what is paused changes, until the returned function is called. */
  onPausedChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
