/**
 * Waits that end.
 *
 * @module
 */

/** What ends a wait. */
export interface Bound {
  readonly signal: AbortSignal;
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** What is thrown after that time. */
  readonly late: () => Error;
}

/** Waits for a promise, until a signal comes. What the promise does later is of no interest then. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Waits for a promise, until a time is over or a signal comes. */
export async function within<T>(promise: Promise<T>, { signal, timeoutMs, late }: Bound): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), timeoutMs);
  try {
    return await untilAborted(Promise.race([promise, over]), signal);
  } finally {
    clearTimeout(timer);
  }
}
