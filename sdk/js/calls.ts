/**
 * What an actor may ask for, as texts: the interface `mesh` of the contract, seen from within.
 *
 * @module
 */

/** Severity of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The calls of the contract. Values are JSON texts; a refused call throws a {@linkcode RefusedError}. */
export interface MeshCalls {
  /** What is at a path of the envelope, with the edits so far; undefined where there is nothing. */
  get(path: string): string | undefined;
  /** Puts a value at a path. */
  set(path: string, value: string): void;
  /** Removes what is at a path. */
  del(path: string): void;
  /** One downstream envelope, with route and headers as edited so far. */
  emit(payload: string): void;
  /** An event for whoever follows the envelope. */
  fly(event: string): void;
  /** A log line. */
  log(level: LogLevel, message: string): void;
}
