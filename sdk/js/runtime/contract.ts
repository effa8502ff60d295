/**
 * The contract's imports as the engine gives them, made into calls.
 *
 * @module
 */

import type { LogLevel, MeshCalls } from "../calls.ts";
import { RefusedError } from "../errors.ts";

/** The interface `mesh`, as the engine gives it: `none` is null, and a refusal is thrown as an Error with a `payload`. */
export interface MeshImport {
  get(path: string): string | null;
  set(path: string, value: string): void;
  del(path: string): void;
  emit(payload: string): void;
  fly(event: string): void;
  log(level: LogLevel, message: string): void;
}

/** Makes calls of the contract's imports. Half of a surrogate pair has no UTF-8, and would stop the component. */
export function callsOf(mesh: MeshImport): MeshCalls {
  return {
    get: (path) => orRefused(() => mesh.get(path.toWellFormed())) ?? undefined,
    set: (path, value) => orRefused(() => mesh.set(path.toWellFormed(), value)),
    del: (path) => orRefused(() => mesh.del(path.toWellFormed())),
    emit: (payload) => orRefused(() => mesh.emit(payload)),
    fly: (event) => orRefused(() => mesh.fly(event)),
    log: (level, message) => mesh.log(level, String(message).toWellFormed()),
  };
}

/** Makes a call; a refusal is thrown as a {@linkcode RefusedError}. */
export function orRefused<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message } = refusalIn(error);
    if (code === undefined) throw error;
    throw new RefusedError(code, message ?? "");
  }
}

function refusalIn(error: unknown): { code?: string; message?: string } {
  if (typeof error !== "object" || error === null || !("payload" in error)) return {};
  const { payload } = error;
  return typeof payload === "object" && payload !== null ? payload : {};
}
