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

/** What the environment says; `Deno.env.get` is one. */
export type Environment = (name: string) => string | undefined;

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
const HOST = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/;

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
    throw new PostgresAddressError(
      "it has not the form of one (a /, ? or @ in a password has to be written as %2F, %3F, %40)",
    );
  }
  const [, who, where = "", path = "", query = ""] = parts;
  const { schema, sslmode, sslrootcert } = readSettings(query);
  const [, host, port] = HOST.exec(where) ?? [];
  const number = port === undefined ? 5432 : Number(port);
  if (!host || number < 1 || number > 65535) {
    throw new PostgresAddressError("the host in it has not the form HOST or HOST:PORT");
  }
  const database = decode(path, "its database");
  if (!database) throw new PostgresAddressError("it names no database");
  if (sslrootcert !== undefined && sslmode !== "verify-full") {
    throw new PostgresAddressError("it names a sslrootcert, which counts only with sslmode=verify-full");
  }
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: number,
    database,
    schema,
    sslMode: sslmode,
    ...(sslrootcert === undefined ? {} : { ca: sslrootcert }),
    ...readCredentials(who, env),
  };
}

/** A database as it is shown to people: `host:port/database`, without user and password. */
export function databaseName({ host, port, database }: PostgresAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

function readSettings(query: string): z.infer<typeof Settings> {
  const read = Settings.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `there is no setting ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
      : `${issue.path.join(".")} ${issue.message}`
  );
  throw new PostgresAddressError(problems.join("; "));
}

function readCredentials(
  who: string | undefined,
  env: Environment,
): Pick<PostgresAddress, "user" | "password"> {
  const [named = "", ...rest] = (who ?? "").split(":");
  const user = decode(named, "its user") || env("PGUSER");
  if (!user) throw new PostgresAddressError("it names no user, and PGUSER is not set");
  if (rest.length > 0) {
    const password = decode(rest.join(":"), "its password");
    return { user, password: () => Promise.resolve(password) };
  }
  const file = env("TROUPE_STORE_PASSWORD_FILE");
  const password = env("TROUPE_STORE_PASSWORD") ?? (file === undefined ? env("PGPASSWORD") ?? "" : undefined);
  if (password !== undefined) return { user, password: () => Promise.resolve(password) };
  return { user, password: () => readPasswordFile(file ?? "") };
}

async function readPasswordFile(file: string): Promise<string> {
  try {
    return (await Deno.readTextFile(file)).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new PostgresAddressError(
      `the file that TROUPE_STORE_PASSWORD_FILE names, ${file}, cannot be read`,
      { cause },
    );
  }
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresAddressError(
      `${what} has a % that is not followed by two hex digits: write %25 for a %`,
    );
  }
}
