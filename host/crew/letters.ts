/**
 * Dead letters: everything that ended badly, in one listing, and what people did about it. Dead is what failed at
 * `x-sink` and what is in `x-sump`.
 *
 * @module
 */

import type { Page } from "./store.ts";

/**
 * What has become of a dead letter.
 * - `open`: nothing yet.
 * - `replayed`: it is under way again, or its replay ended badly too, which is a letter of its own.
 * - `resolved`: the envelope, or a replay of it, has succeeded.
 * - `dropped`: a person has said that nothing is to be done.
 */
export type LetterState = "open" | "replayed" | "resolved" | "dropped";

/** One dead letter. Its bytes are read apart. */
export interface Letter {
  /** Names it: `id/hop/replay` and the like from `x-sump`, `id/x-sink/replay` for a failed result. */
  readonly key: string;
  /** `failed` at `x-sink`, or `dead` in `x-sump`. */
  readonly kind: "failed" | "dead";
  /** Empty for bytes that are no envelope. */
  readonly id: string;
  readonly root: string;
  /** The queue in which it ended; for a failed result the step that failed. */
  readonly queue: string;
  /** The actor that dealt with it last; empty if none did. */
  readonly actor: string;
  /** Type of the error, or the reason, such as `ValueError` or `troupe.RouteMismatch`. */
  readonly type: string;
  readonly message: string;
  /** JSON text of the error, or empty. */
  readonly error: string;
  /** SHA-256 of the component that ran, in hex; empty where it is not known. */
  readonly component: string;
  /** Number of the replay that ended so; 0 for the first run. */
  readonly replay: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly state: LetterState;
  /** Since when it is in that state, in milliseconds since the epoch. */
  readonly stateAt: number;
  /** Why it was dropped; empty when it was not. */
  readonly dropReason: string;
  /** Whether its payload has been removed for good. */
  readonly purged: boolean;
}

/** Which letters to list; all conditions hold at once. */
export interface LetterFilter {
  readonly state?: LetterState;
  readonly id?: string;
  readonly root?: string;
  readonly actor?: string;
  /** A type with a dot in it has to be the same; one without is compared with the part after the last dot. */
  readonly type?: string;
  /** Ended at this time or later, in milliseconds since the epoch. */
  readonly since?: number;
  /** Ended before this time, in milliseconds since the epoch. */
  readonly until?: number;
  /** Also those with a replay that was begun and is not known to be sent, whatever their state. @default false */
  readonly orUnsent?: boolean;
  /** Not those that were recorded after this one. @default no bound */
  readonly upTo?: number;
  /** @default 1000 */
  readonly limit?: number;
  /** Continue after this cursor, as the last page gave it. */
  readonly after?: number;
}

/** One replay of a letter. */
export interface Replay {
  /** The letter. */
  readonly key: string;
  /** The envelope that is replayed. */
  readonly id: string;
  /** Its number among the replays of that envelope, from 1. */
  readonly n: number;
  /** The id under which it is sent: the same, or a new one for a replay that differs. */
  readonly as: string;
  /** What was changed: a JSON text that is the same whenever the same replay is asked for; `{}` for nothing. */
  readonly how: string;
  /** When it was allotted, in milliseconds since the epoch. */
  readonly at: number;
  /** When it was safe in its queue; absent until that is known. */
  readonly sentAt?: number;
}

/** A replay that someone asks for. */
export interface ReplayRequest {
  readonly key: string;
  /** See {@linkcode Replay.how}. */
  readonly how: string;
  /** Whether it keeps the envelope's id. */
  readonly keepsId: boolean;
  /** Once more, though it was replayed, or dropped, before. */
  readonly again: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What is to be done about a request.
 * - `send`: it has its number and is to be sent; it may have been sent before, by someone who could not note that.
 * - `done`: this very replay was sent before.
 * - `other`: the letter was replayed in another way.
 * - `resolved`, `dropped`, `purged`: the letter is in a state that speaks against it.
 * - `gone`: what failed is not there any more, as its result was replaced.
 */
export type Allotment =
  | { readonly verdict: "send" | "done" | "other"; readonly replay: Replay }
  | { readonly verdict: "resolved" | "dropped" | "purged" | "gone" };

/** Dead letters. Every write is durable when its promise resolves. */
export interface Letters {
  /** Oldest first. */
  list(filter?: LetterFilter): Promise<Page<Letter>>;
  /** How many a filter lets through, and the cursor of the last, to be given as `upTo`. */
  count(filter?: LetterFilter): Promise<{ readonly count: number; readonly last: number }>;
  /** One by its key. */
  letter(key: string): Promise<Letter | undefined>;
  /** What died: the bytes as they were in their queue, or the envelope that came to `x-sink`, its parts to the letter. */
  body(key: string): Promise<Uint8Array | undefined>;
  /** Every replay of an envelope, oldest first. */
  replays(id: string): Promise<Replay[]>;
  /** Gives a replay its number, once; the same request again gets the same one. */
  allot(request: ReplayRequest): Promise<Allotment>;
  /** Notes that a replay is safe in its queue. */
  sent(replay: Replay, now: number): Promise<void>;
  /**
   * Drops a letter that is open or replayed: what is known of it stays, with the reason. With `purge` the payload of any
   * letter is removed for good.
   *
   * @returns Whether that changed anything.
   */
  drop(
    key: string,
    options: { readonly reason: string; readonly purge: boolean; readonly now: number },
  ): Promise<boolean>;
}
