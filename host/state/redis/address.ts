/**
 * From an address, and the environment, to what is needed to reach a Redis server.
 *
 * `redis://USER:PASSWORD@HOST:PORT/DATABASE?namespace=NAME`, or `rediss://…?cacert=FILE` with TLS. The password is better
 * left out of it: then it comes from `TROUPE_STATE_PASSWORD`, or from the file that `TROUPE_STATE_PASSWORD_FILE` names,
 * which is read again at each connection.
 *
 * @module
 */

import { z } from "zod";
import { AddressReader, type Environment, hostAndPort, NO_ADDRESS } from "../../address.ts";
import { RedisAddressError } from "./errors.ts";

/** Where a server is, and as whom to use it. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly database: number;
  /** What all keys begin with; each mesh has its own. */
  readonly namespace: string;
  readonly tls: boolean;
  /** PEM file of who vouches for the server, with TLS. @default the authorities that the runtime knows */
  readonly ca?: string;
  /** @default Redis's own default user */
  readonly user?: string;
  /** Read at each connection; empty where none is known. */
  readonly password: () => Promise<string>;
}

const READER = new AddressReader((problem, options) => new RedisAddressError(problem, options));

const Settings = z.strictObject({
  namespace: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "has 1 to 64 letters, digits and -._").default(
    "troupe",
  ),
  cacert: z.string().min(1, "is empty").optional(),
});

/** An `@` has one place: else a password with a `/` in it would be taken for a host, and be shown as one. */
const SHAPE = /^(rediss?):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^@/?#]*))?(?:\?([^@#]*))?$/;

/**
 * Reads an address.
 *
 * @param address The address.
 * @param env Where a password comes from that is not in the address. @default the process's environment
 * @throws {RedisAddressError} when it cannot be used; the message does not repeat the address.
 *
 * @example
 * ```ts
 * import { parseRedisAddress } from "@troupe/host/state/redis/address";
 * import { assertEquals } from "@std/assert";
 *
 * const { host, port, database, namespace, tls } = parseRedisAddress("rediss://cache.example/2?namespace=shop");
 * assertEquals([host, port, database, namespace, tls], ["cache.example", 6379, 2, "shop", true]);
 * ```
 */
export function parseRedisAddress(
  address: string,
  env: Environment = (name) => Deno.env.get(name),
): RedisAddress {
  const parts = SHAPE.exec(address);
  if (!parts) throw new RedisAddressError(NO_ADDRESS);
  const [, scheme, who = "", where = "", path = "", query = ""] = parts;
  const { namespace, cacert } = READER.settings(query, Settings);
  if (cacert !== undefined && scheme !== "rediss") {
    throw new RedisAddressError("it names a cacert, which counts only with TLS: with rediss://");
  }
  if (!/^\d{0,5}$/.test(path)) throw new RedisAddressError("its database is no number");
  const [user = "", ...rest] = who.split(":");
  return {
    ...READER.host(where, { defaultPort: 6379, what: "the host in it" }),
    database: Number(path),
    namespace,
    tls: scheme === "rediss",
    ...(cacert === undefined ? {} : { ca: cacert }),
    ...(user === "" ? {} : { user: READER.decode(user, "its user") }),
    password: passwordFrom(rest.length > 0 ? rest.join(":") : undefined, env),
  };
}

/** A server as it is shown to people: `redis://host:port/database`, without user and password. */
export function serverName(address: RedisAddress): string {
  return `${address.tls ? "rediss" : "redis"}://${hostAndPort(address)}/${address.database}`;
}

function passwordFrom(inside: string | undefined, env: Environment): () => Promise<string> {
  const known = inside === undefined ? env("TROUPE_STATE_PASSWORD") : READER.decode(inside, "its password");
  const file = env("TROUPE_STATE_PASSWORD_FILE");
  if (known !== undefined || file === undefined) return () => Promise.resolve(known ?? "");
  return () => READER.passwordIn(file, "TROUPE_STATE_PASSWORD_FILE");
}
