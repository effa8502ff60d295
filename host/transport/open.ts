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
    super(
      "troupe.UnknownTransport",
      "user",
      `${
        JSON.stringify(address)
      } names no transport: write embedded:FILE, FILE being the SQLite file of the queues`,
    );
  }
}

/**
 * Larger than any envelope, so that a dead one, which is wrapped, still fits its queue.
 */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Opens the transport that an address names: `embedded:FILE`.
 *
 * @throws {UnknownTransportError} when no transport has that name.
 */
export async function openTransport(address: string): Promise<Transport> {
  const path = /^embedded:(.+)$/.exec(address)?.[1];
  if (!path) throw new UnknownTransportError(address);
  return await openEmbedded({ path, maxBodyBytes: MAX_BODY_BYTES });
}
