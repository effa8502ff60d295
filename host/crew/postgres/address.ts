/**
 * From an address, and the environment, to what is needed to reach a database.
 *
 * `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&sslmode=verify-full&sslrootcert=FILE`. The password is better
 * left out of it: then it comes from `TROUPE_STORE_PASSWORD`, from the file that `TROUPE_STORE_PASSWORD_FILE` names, which
 * is read again at each connection, or from `PGPASSWORD`.
 *
 * @module
 */

import { z } from "zod";
import { AddressReader, type Environment, hostAndPort, NO_ADDRESS } from "../../address.ts";
import { PostgresAddressError } from "./errors.ts";

/** Whether to speak TLS: not at all, with whoever answers, or only with the server that the certificate names. */
export type SslMode = "disable" | "require" | "verify-full";

/** Where a database is, and as whom to use it. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Schema that holds the tables; each mesh has its own. */
  readonly schema: string;
  readonly sslMode: SslMode;
  /** PEM file of who vouches for the server. @default the authorities that the runtime knows */
  readonly ca?: string;
  /** Read at each connection; empty where none is known. */
  readonly password: () => Promise<string>;
}

const READER = new AddressReader((problem, options) => new PostgresAddressError(problem, options));

const SCHEMA_NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/;

const Settings = z.strictObject({
  schema: z.string().regex(
    SCHEMA_NAME,
    "is no name of a schema: small letters, digits and _, not beginning with pg_",
  ).default("troupe"),
  sslmode: z.enum(["disable", "require", "verify-full"], "is not disable, require or verify-full")
    .default("disable"),
  sslrootcert: z.string().min(1, "is empty").optional(),
});

/** An `@` has one place: else a password with a `/` in it would be taken for a host, and be shown as one. */
const SHAPE = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^@?#]*))?(?:\?([^@#]*))?$/;

/**
 * Reads an address.
 *
 * @param address The address.
 * @param env Where user and password come from that are not in the address. @default the process's environment
 * @throws {PostgresAddressError} when it cannot be used; the message does not repeat the address.
 *
 * @example
 * ```ts
 * import { parsePostgresAddress } from "@troupe/host/crew/postgres/address";
 * import { assertEquals } from "@std/assert";
 *
 * const { host, port, user, database, schema } = parsePostgresAddress("postgres://mesh@db.example/shop");
 * assertEquals([host, port, user, database, schema], ["db.example", 5432, "mesh", "shop", "troupe"]);
 * ```
 */
export function parsePostgresAddress(
  address: string,
  env: Environment = (name) => Deno.env.get(name),
): PostgresAddress {
  const parts = SHAPE.exec(address);
  if (!parts) {
    throw new PostgresAddressError(NO_ADDRESS);
  }
  const [, who, where = "", path = "", query = ""] = parts;
  const { schema, sslmode, sslrootcert } = READER.settings(query, Settings);
  const { host, port } = READER.host(where, { defaultPort: 5432, what: "the host in it" });
  const database = READER.decode(path, "its database");
  if (!database) throw new PostgresAddressError("it names no database");
  if (sslrootcert !== undefined && sslmode !== "verify-full") {
    throw new PostgresAddressError("it names a sslrootcert, which counts only with sslmode=verify-full");
  }
  return {
    host,
    port,
    database,
    schema,
    sslMode: sslmode,
    ...(sslrootcert === undefined ? {} : { ca: sslrootcert }),
    ...readCredentials(who, env),
  };
}

/** A database as it is shown to people: `host:port/database`, without user and password. */
export function databaseName(address: PostgresAddress): string {
  return `${hostAndPort(address)}/${address.database}`;
}

function readCredentials(
  who: string | undefined,
  env: Environment,
): Pick<PostgresAddress, "user" | "password"> {
  const [named = "", ...rest] = (who ?? "").split(":");
  const user = READER.decode(named, "its user") || env("PGUSER");
  if (!user) throw new PostgresAddressError("it names no user, and PGUSER is not set");
  if (rest.length > 0) {
    const password = READER.decode(rest.join(":"), "its password");
    return { user, password: () => Promise.resolve(password) };
  }
  const file = env("TROUPE_STORE_PASSWORD_FILE");
  const password = env("TROUPE_STORE_PASSWORD") ?? (file === undefined ? env("PGPASSWORD") ?? "" : undefined);
  if (password !== undefined) return { user, password: () => Promise.resolve(password) };
  return { user, password: () => READER.passwordIn(file ?? "", "TROUPE_STORE_PASSWORD_FILE") };
}
