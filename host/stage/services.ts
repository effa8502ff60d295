/**
 * What guests can ask the host for, where it is granted: real work, done while the guest waits.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** The services there are, in the order in which they are numbered on the wire. */
export const SERVICES = ["state", "http"] as const;
/** Name of a service; that of the grant that opens it. */
export type ServiceName = typeof SERVICES[number];

/** The hop that asks. */
export interface AskingHop {
  readonly envelopeId: string;
  /** Aborted when the hop is over, however it ends: what it left open is to be closed. */
  readonly signal: AbortSignal;
}

/** One service, for one hop. */
export interface ServiceHop {
  /**
   * Answers a question. It comes from the sandbox, and may be anything.
   *
   * @throws {FrameError} when it is none, which ends the sandbox.
   * @throws {ServiceUnavailableError} when it cannot be answered now: the envelope waits.
   */
  ask(question: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** One service, for all hops of an actor. */
export interface Service {
  /** Called with the first question of each hop. */
  begin(hop: AskingHop): ServiceHop;
}

/** What an actor is granted. */
export type Services = Partial<Readonly<Record<ServiceName, Service>>>;

/** What an actor needs for its hops is not to be had at the moment; its envelopes wait. */
export class ServiceUnavailableError extends TroupeError {
  constructor(service: ServiceName, detail: string, options?: ErrorOptions) {
    const message = `What spec.grants.${service} gives cannot be had at the moment: ${detail}`;
    super("troupe.ServiceUnavailable", "system", message, options);
  }
}
