/**
 * Waiting.
 *
 * @module
 */

/**
 * Resolves after some time, or as soon as the signal is aborted: whoever waits looks at the signal then.
 *
 * @param ms How long, in milliseconds; not at all when it is not over 0.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted || ms <= 0) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

/**
 * How long to wait before the next attempt: twice as long each time, and somewhere between half of that and all of it, so
 * that many who failed at once do not come back at once.
 *
 * @param attempt How many have failed, from 1.
 */
export function backoffMs(attempt: number, { firstMs = 200, mostMs = 10_000 } = {}): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + Math.random() / 2);
}
