/**
 * What can be wrong with a store in Postgres.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";

/** An address that names no database that could be used. The address is not repeated: it can hold a password. */
export class PostgresAddressError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      "troupe.PostgresAddress",
      "user",
      `The address of the store cannot be used: ${problem}. Write postgres://USER@HOST:PORT/DATABASE`,
      options,
    );
  }
}

/** A database that answers, and cannot be used as it is: nobody is let in, or it holds something else. */
export class PostgresSetupError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super("troupe.PostgresSetup", "user", `The database ${where} cannot be used: ${problem}`, options);
  }
}

/** A server that does not answer, or not now. */
export class PostgresUnavailableError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.PostgresUnavailable",
      "system",
      `The database ${where} cannot be reached: ${problem}. See that its server runs, and try again`,
      options,
    );
  }
}

/** A record that no table takes, however often it is tried. */
export class PostgresRefusedError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super("troupe.PostgresRefused", "system", `The database ${where} refuses it: ${problem}`, options);
  }
}
