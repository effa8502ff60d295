/**
 * Where envelopes wait for an answer. One interface; each technology in its own file.
 *
 * @module
 */

import type { Page } from "./store.ts";

/** An envelope that is to wait. */
export interface ParkRequest {
  /** Names it: `id/hop/replay`. */
  readonly key: string;
  readonly id: string;
  /** The envelope that was submitted, of which this is a part. */
  readonly root: string;
  /** The actor before the pause; empty where it was the first step. */
  readonly actor: string;
  /** JSON text of what is asked; `null` where nothing is. */
  readonly question: string;
  /**
   * Which execution of what was fanned out before it belongs to; empty where nothing was. The same envelope of another
   * execution waits along with the first, and is answered with it.
   */
  readonly run: string;
  /** The envelope, as it waits. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When it has waited long enough, in milliseconds since the epoch. @default never */
  readonly dueAt?: number;
}

/** How a pause ends: somebody answered or called it off, or its time was over. */
export type EndKind = "answer" | "cancel" | "timeout";

/** The end of a pause. */
export interface Ending {
  readonly kind: EndKind;
  /** JSON text of the answer, to the letter; empty where there is none. */
  readonly answer: string;
  /** Why it was called off; empty otherwise. */
  readonly reason: string;
  /** Tells who ended it: the same again is the same message, delivered again. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An envelope that waits, or has waited. Its bytes are read apart. */
export interface Parked extends Omit<ParkRequest, "run" | "body"> {
  /** How it ended; absent while it waits. */
  readonly ending?: Ending;
  /** How often the same came again. */
  readonly repeats: number;
}

/** What waits under one key, of one execution. */
export interface ParkedBody {
  readonly run: string;
  readonly body: Uint8Array;
}

/**
 * What parking did. `parked`: it waits. `repeat`: it was there. Where the pause has ended: `ending`, and whether this very
 * body is still to be sent on.
 */
export interface ParkVerdict {
  readonly verdict: "parked" | "repeat";
  readonly ending?: Ending;
  readonly unsent?: boolean;
}

/**
 * What ending did.
 * - `ended`: now, or before by the same token; `bodies` are those that are not known to be sent on.
 * - `same`: before, in the same way, by somebody else.
 * - `other`: before, in another way.
 */
export type EndVerdict =
  | { readonly verdict: "ended"; readonly parked: Parked; readonly bodies: readonly ParkedBody[] }
  | { readonly verdict: "same" | "other"; readonly parked: Parked };

/** Envelopes that wait. Every write is one transaction, durable when its promise resolves; the same again changes nothing. */
export interface Parking {
  park(request: ParkRequest): Promise<ParkVerdict>;
  /** By key, or by id: the one that waits, or else the last that has waited. */
  find(ref: string): Promise<Parked | undefined>;
  /** What waits under a key and is not sent on. */
  bodies(key: string): Promise<ParkedBody[]>;
  /** Ends a pause. Of those that try, also in several processes, the first does. Nothing for a key that is not known. */
  end(key: string, ending: Ending): Promise<EndVerdict | undefined>;
  /** Notes that bodies are safe in their queue, and keeps them no longer. */
  sent(key: string, options: { readonly runs: readonly string[]; readonly now: number }): Promise<void>;
  /** What waits, oldest first. */
  waiting(filter?: { readonly limit?: number; readonly after?: number }): Promise<Page<Parked>>;
  /** Keys of what waits and has waited long enough, longest due first. */
  due(now: number, limit: number): Promise<string[]>;
  /** When something becomes due next, after a moment; undefined when nothing will. */
  nextDue(after: number): Promise<number | undefined>;
  /** Forgets pauses that ended before a moment and whose bodies are sent on. @returns How many. */
  forget(before: number): Promise<number>;
}
