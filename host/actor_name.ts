/**
 * Names of actors, which are names of queues too.
 *
 * @module
 */

/** Where finished and failed routes end. */
export const SINK = "x-sink";
/** Where what cannot be processed ends. */
export const SUMP = "x-sump";
/** The member of the crew that no sender may name. */
export const RESUME = "x-resume";

/** Whether a text can be an actor's name: a DNS label (RFC 1123), up to 63 characters. */
export function isActorName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** Whether a name belongs to the crew: names that begin with `x-` do. */
export function isReservedName(name: string): boolean {
  return name.startsWith("x-");
}
