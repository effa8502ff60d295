/**
 * Where routes end: results, dead envelopes, and the records of hops. One interface; each technology in its own file.
 *
 * @module
 */

import type { HopRecord } from "../hop_record.ts";
import type { Joining } from "./joining.ts";
import type { ClaimStore } from "./claims.ts";
import type { ControlBook } from "./control_book.ts";
import type { Letters } from "./letters.ts";
import type { Parking } from "./parked.ts";

export type {
  Allotment,
  Letter,
  LetterFilter,
  Letters,
  LetterState,
  Replay,
  ReplayRequest,
} from "./letters.ts";

/** The final state of an envelope that came to `x-sink`. */
export interface ResultRecord {
  readonly id: string;
  readonly parentId?: string;
  /** The envelope that was submitted, of which this is a part; its own id where it was never fanned out. */
  readonly root: string;
  readonly phase: string;
  /** Such as `Aborted`; empty when there is nothing to say. */
  readonly reason: string;
  /** The actor that dealt with it last; empty if none did. */
  readonly actor: string;
  /** JSON texts of the envelope's parts, `payload` to the letter as it came. */
  readonly route: string;
  readonly headers: string;
  readonly status: string;
  readonly payload: string;
  /** JSON text of `status.error`, or empty. */
  readonly error: string;
  /** Members of the envelope that are unknown here, as they stood in its text, with commas between. @default none */
  readonly extra?: string;
  /** Number of the replay (`x-troupe-replay`); 0 for the first run. */
  readonly replay: number;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
}

/** An envelope that could not be processed, as `x-sump` keeps it. */
export interface DeadRecord {
  /** `id/hop/replay` for an envelope; `queue/sha256/message id` for bytes that are none. A second death is a second record. */
  readonly key: string;
  /** Empty for bytes that are no envelope. */
  readonly id: string;
  readonly root: string;
  /** The queue in which it died. */
  readonly queue: string;
  /** The actor that dealt with it last; empty if none did. */
  readonly actor: string;
  /** Stable code, such as `troupe.RouteMismatch`. */
  readonly reason: string;
  /** What was wrong, in a sentence. */
  readonly message: string;
  /** JSON text of `status.error`, or empty. */
  readonly error: string;
  /** SHA-256 of the component that ran, in hex. @default not known */
  readonly component?: string;
  /** The body, byte for byte as it was in its queue. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly diedAt: number;
}

/** What recording did. `repeat`: the same body again. `conflict`: another body under the same id; the first is kept. */
export type Recorded = "new" | "repeat" | "conflict" | "replaced";

/** A result as it is read back. */
export interface StoredResult extends ResultRecord {
  /** How often the same result came again. */
  readonly repeats: number;
  /** How often another result came under the same id. */
  readonly conflicts: number;
}

/** Which results to list. */
export interface ResultFilter {
  readonly phase?: string;
  readonly root?: string;
  /** @default 1000 */
  readonly limit?: number;
  /** Continue after this cursor, as the last page gave it. */
  readonly after?: number;
}

/** A page of a listing, oldest arrival first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `after` to go on; absent on the last page. */
  readonly next?: number;
}

/** How many records there are. */
export interface StoreCounts {
  readonly results: number;
  readonly dead: number;
  /** Results by phase. */
  readonly byPhase: Readonly<Record<string, number>>;
  /** Failed results and dead envelopes, by the error's type or the reason. */
  readonly failures: Readonly<Record<string, number>>;
  readonly repeats: number;
  readonly conflicts: number;
}

/** How much to forget at once, and what. */
export interface ExpireOptions {
  /** Results, the dead, letters and hops from before this moment go, in milliseconds since the epoch. Their ids stay. */
  readonly before: number;
  /** Ids from before this moment go too: what comes under one of them then is new. Milliseconds since the epoch. */
  readonly idsBefore: number;
  /** Most of each that go in this transaction. */
  readonly limit: number;
}

/** How much was forgotten. */
export interface Expired {
  readonly results: number;
  readonly dead: number;
  readonly hops: number;
  readonly letters: number;
  /** Of the letters, those that nobody had done anything about. */
  readonly open: number;
  /** Ids of results and keys of the dead that are not known any more. */
  readonly ids: number;
}

/**
 * Where the crew keeps what ended. Every write is durable when its promise resolves, and but for that of hops it is the same
 * when done twice.
 */
export interface Store {
  /** Records results, first arrival final (envelope.md, "Results are keyed by id"); one answer for each, in order. */
  recordResults(records: readonly ResultRecord[]): Promise<Recorded[]>;
  /** Records dead envelopes; one answer for each, in order. */
  recordDead(records: readonly DeadRecord[]): Promise<Recorded[]>;
  /** Records hops, best effort: for `trace`. One that is given twice is read once. */
  recordHops(records: readonly HopRecord[]): Promise<void>;
  /** What ended badly, and what people did about it. */
  readonly letters: Letters;
  result(id: string): Promise<StoredResult | undefined>;
  results(filter?: ResultFilter): Promise<Page<StoredResult>>;
  dead(
    filter?: {
      readonly id?: string;
      readonly root?: string;
      readonly limit?: number;
      readonly after?: number;
    },
  ): Promise<
    Page<DeadRecord>
  >;
  /** Hop records of an envelope and everything that came of it, in order of time. */
  hops(root: string): Promise<HopRecord[]>;
  /** The root of the tree that an id belongs to, if anything is known of it. */
  rootOf(id: string): Promise<string | undefined>;
  counts(): Promise<StoreCounts>;
  /**
   * Forgets what is old, one batch of it; when nothing is left, all counts are 0. An id is known longer than what came
   * under it: the same result, or the same death, coming late is still a repeat, and a replay still competes with success.
   */
  expire(options: ExpireOptions): Promise<Expired>;
  /** Why nothing can be recorded at the moment, what is asked being tried again; empty when it can. */
  problem(): string;
  close(): Promise<void>;
}

/** Copies of what ended, where other systems read them. They are made while results and dead envelopes are recorded. */
export interface Archive {
  /** Forgets copies that were made before a moment, in milliseconds since the epoch. @returns How many. */
  forget(before: number): Promise<number>;
}

/**
 * A store that also keeps what waits, for an answer or for other slices, what operators ask of the mesh, and payloads that
 * are too large to travel.
 */
export interface CrewStore extends Store {
  readonly controls: ControlBook;
  readonly claims: ClaimStore;
  readonly parking: Parking;
  readonly joining: Joining;
  /** Undefined where no copies are made. */
  readonly archive?: Archive;
}
