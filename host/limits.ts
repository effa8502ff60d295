/**
 * What bounds an actor.
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
  /** Questions to the host, such as for state, that one hop may have open at once. @default 16 */
  readonly hostCalls: number;
  /** Bytes of all requests that one hop sends, and of their responses. @default 128 MiB */
  readonly egressBytes: number;
  /** Requests that one hop sends. @default 1000 */
  readonly requests: number;
  /** Bytes of the body of one request. @default 16 MiB */
  readonly requestBytes: number;
  /** Bytes of the body of one response. @default 64 MiB */
  readonly responseBytes: number;
  /** Time of one request and its response, in milliseconds. @default 300000 */
  readonly requestMs: number;
  /** Processor time of one hop, in milliseconds, counted in steps of some 20. @default as long as wall time lasts */
  readonly cpuMs?: number;
  /** Resident memory of the sandbox, in bytes. @default 512 MiB and that of the instances that can be in it */
  readonly residentBytes?: number;
}

/** The limits that hold where a spec names none. */
export const DEFAULT_LIMITS: Limits = {
  memoryBytes: 128 * 1024 * 1024,
  timeoutMs: 30_000,
  concurrency: 32,
  emits: 1000,
  emittedBytes: 16 * 1024 * 1024,
  logBytes: 64 * 1024,
  hostCalls: 16,
  egressBytes: 128 * 1024 * 1024,
  requests: 1000,
  requestBytes: 16 * 1024 * 1024,
  responseBytes: 64 * 1024 * 1024,
  requestMs: 300_000,
};

/** Whether an instance serves one envelope (`fresh`) or many (`reuse`). */
export type Isolation = "fresh" | "reuse";
