/**
 * A transport by its address, as people write it in settings.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import { openEmbedded } from "./embedded/mod.ts";
import type { Transport } from "./transport.ts";

/** An address that names no transport. */
export class UnknownTransportError extends TroupeError {
  constructor(address: string) {
    // No more of it is repeated: it can hold a password.
    const name = address.split(":")[0] ?? "";
    super(
      "troupe.UnknownTransport",
      "user",
      `No transport is called ${
        JSON.stringify(name)
      }: write embedded:FILE, FILE being the SQLite file of the queues, ` +
        `or rabbitmq://HOST:PORT/VHOST?namespace=NAME, or rabbitmqs://… for TLS`,
    );
  }
}

/** Something that happened to a transport, for logs. It holds no credentials. */
export interface TransportEvent {
  /** Such as `lost` or `blocked`. */
  readonly kind: string;
  /** A sentence, or part of one. */
  readonly detail: string;
}

/** Options of {@linkcode openTransport}. */
export interface OpenTransportOptions {
  /** What a person sees in a broker's list of connections, such as `host split`. @default the process id */
  readonly name?: string;
  /** Told of what happens to the transport, for logs. @default nothing is done */
  readonly onEvent?: (event: TransportEvent) => void;
}

/**
 * Larger than any envelope, so that a dead one, which is wrapped, still fits its queue.
 */
const MAX_EMBEDDED_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Opens the transport that an address names: `embedded:FILE`, or `rabbitmq://…` (see `rabbitmq/address.ts`).
 *
 * @throws {UnknownTransportError} when no transport has that name, and the errors of the one that has it.
 */
export async function openTransport(address: string, options: OpenTransportOptions = {}): Promise<Transport> {
  const { name = String(Deno.pid), onEvent = () => {} } = options;
  const [, scheme, rest] = /^(embedded|rabbitmqs?):(.+)$/s.exec(address) ?? [];
  if (scheme === undefined || rest === undefined) throw new UnknownTransportError(address);
  if (scheme === "embedded") {
    return await openEmbedded({
      path: rest,
      maxBodyBytes: MAX_EMBEDDED_BODY_BYTES,
      onFailure: (error) =>
        onEvent({ kind: "interrupted", detail: error instanceof Error ? error.message : String(error) }),
    });
  }
  // Loaded only now: a laptop does not wait for a client that it does not use.
  const { openRabbitmq, parseRabbitmqAddress } = await import("./rabbitmq/mod.ts");
  return await openRabbitmq({ ...parseRabbitmqAddress(address), name: `troupe ${name}`, onEvent });
}

/**
 * An address without user and password, to be shown and logged.
 *
 * @example
 * ```ts
 * import { showAddress } from "@troupe/host/transport/open";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showAddress("rabbitmq://me:secret@broker.example/shop"), "rabbitmq://broker.example/shop");
 * ```
 */
export function showAddress(address: string): string {
  return address.replace(/^(\w+:\/\/).*@/s, "$1");
}
