/**
 * What can be wrong with a RabbitMQ broker, or with the address of one, that its user can act on. No message holds a
 * user's name or password.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";

/** An address of a broker that cannot be read, or a setting in it that does not exist. */
export class RabbitmqAddressError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      "troupe.RabbitmqAddress",
      "user",
      `The RabbitMQ address cannot be used: ${problem}. ` +
        `Write rabbitmq://USER:PASSWORD@HOST:PORT/VHOST?namespace=NAME, or rabbitmqs://… for TLS`,
      options,
    );
  }
}

/** The broker answered and does not let this client in: the user, the password or the virtual host is wrong. */
export class RabbitmqRefusedError extends TroupeError {
  constructor(node: string, reason: string) {
    super(
      "troupe.RabbitmqRefused",
      "user",
      `The broker at ${node} refused the connection: ${reason}. Correct the user, the password or the virtual host`,
    );
  }
}

/** No broker answered at any of the addresses. */
export class RabbitmqUnreachableError extends TroupeError {
  constructor(nodes: readonly string[], reason: string) {
    super(
      "troupe.RabbitmqUnreachable",
      "system",
      `No broker answered at ${nodes.join(", ")}: ${reason}. Start it, or correct the address`,
    );
  }
}

/** What a queue or an exchange has that is not what was wanted. */
export interface Mismatch {
  /** `queue` or `exchange`. */
  readonly kind: string;
  readonly name: string;
  /** The argument, such as `x-queue-type`. */
  readonly argument: string;
  readonly found: string;
  readonly wanted: string;
}

/** A queue or an exchange exists that has been declared differently. */
export class RabbitmqMismatchError extends TroupeError {
  constructor({ kind, name, argument, found, wanted }: Mismatch) {
    super(
      "troupe.RabbitmqMismatch",
      "user",
      `The ${kind} ${name} exists with other arguments: its ${argument} is ${found}, and ${wanted} is wanted. ` +
        `Empty and delete the ${kind}, and it is made anew; or choose another namespace (?namespace=…)`,
    );
  }
}

/** Two actors would share a queue, or the messages for it: possible only under the names that Asya gives. */
export class RabbitmqCollisionError extends TroupeError {
  constructor(actor: string, other: string) {
    super(
      "troupe.RabbitmqCollision",
      "user",
      `In Asya's mode ${actor} (namespace/actor) would get the messages of ${other}, which exists already: ` +
        `rename one of them, or put the two namespaces into virtual hosts of their own`,
    );
  }
}

/** The broker did not do what it was asked for. */
export class RabbitmqError extends TroupeError {
  constructor(what: string, cause: unknown) {
    super("troupe.Rabbitmq", "system", `${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** The code that the broker gave with an error, such as 404; 0 where it gave none. */
export function replyCode(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : 0;
  return typeof code === "number" ? code : 0;
}

/** Whether asking again may help: no broker has said no, for the connection went before it could, or nothing came. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof RabbitmqError)) return false;
  // Codes of channels, such as 403 and 404, are answers; others end the connection, whatever was asked.
  const code = replyCode(error.cause);
  return code < 400 || code >= 500;
}

/** What an error says, in one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const text = error instanceof Error ? error.message : String(error);
  // The broker's text comes wrapped in the client's: only the broker's is of use to a person.
  return /with message "([\s\S]*?)"\s*$/.exec(text)?.[1] ?? text;
}
