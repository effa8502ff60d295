/**
 * Times as the API server's `MicroTime` wants them.
 *
 * @module
 */

/** A time with microseconds, of which the last three digits are always 0. */
export function microTime(time: Date): string {
  return time.toISOString().replace("Z", "000Z");
}
