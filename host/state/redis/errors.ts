/**
 * What can be wrong with state in Redis, beyond what can be with any.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";

/** An address that names no server that could be used. The address is not repeated: it can hold a password. */
export class RedisAddressError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      "troupe.RedisAddress",
      "user",
      `The address of the state cannot be used: ${problem}. Write redis://HOST:PORT, or rediss://HOST:PORT with TLS`,
      options,
    );
  }
}

/** A server that answers, and cannot be used as it is. */
export class RedisSetupError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super("troupe.RedisSetup", "user", `The Redis server ${where} cannot be used: ${problem}`, options);
  }
}
