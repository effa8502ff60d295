/**
 * What bounds an actor, and what it is allowed beyond computing.
 *
 * @module
 */

/** The limits of an actor. Reaching one ends the hop with an error type of its own. */
export interface Limits {
  /** Linear memory of one instance, all its memories together, in bytes. @default 128 MiB */
  readonly memoryBytes: number;
  /** Wall time of one hop inside the guest, in milliseconds. @default 30000 */
  readonly timeoutMs: number;
  /** Envelopes given to one replica at once. @default 32 */
  readonly concurrency: number;
  /** Emits in one hop. @default 1000 */
  readonly emits: number;
  /** Bytes of all payloads emitted in one hop. @default 16 MiB */
  readonly emittedBytes: number;
  /** Bytes of log text kept of one hop; what is over is dropped and counted. @default 64 KiB */
  readonly logBytes: number;
}

/** The limits that hold where a spec names none. */
export const DEFAULT_LIMITS: Limits = {
  memoryBytes: 128 * 1024 * 1024,
  timeoutMs: 30_000,
  concurrency: 32,
  emits: 1000,
  emittedBytes: 16 * 1024 * 1024,
  logBytes: 64 * 1024,
};

/** Whether an instance serves one envelope (`fresh`) or many (`reuse`). */
export type Isolation = "fresh" | "reuse";

/** What an actor may do beyond computing. */
export interface Grants {
  /** Actors (exact names, or `prefix-*`) that this actor may add to a route. @default [] */
  readonly route: readonly string[];
}
