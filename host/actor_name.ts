/**
 * Names of actors, which are names of queues too.
 *
 * @module
 */

/** Where finished and failed routes end. */
export const SINK = "x-sink";
/** Where what cannot be processed ends. */
export const SUMP = "x-sump";
/** Where an envelope waits for an answer. */
export const PAUSE = "x-pause";
/** Where what was fanned out comes together again. */
export const JOIN = "x-join";
/** Takes the answers to what waits in `x-pause`. No route may name it. */
export const RESUME = "x-resume";
/** Every member of the crew. */
export const CREW = [SINK, SUMP, PAUSE, RESUME, JOIN] as const;

/** Whether a text can be an actor's name: a DNS label (RFC 1123), up to 63 characters. */
export function isActorName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** Whether a name belongs to the crew: names that begin with `x-` do. */
export function isReservedName(name: string): boolean {
  return name.startsWith("x-");
}

/** Whether a sender may name it in a route although it is of the crew; an actor may if it is granted. */
export function isCrewStep(name: string): boolean {
  return name === PAUSE || name === JOIN;
}
