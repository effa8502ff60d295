/**
 * From an address, and the environment, to what is needed to reach a broker.
 *
 * `rabbitmq://USER:PASSWORD@HOST:PORT,HOST2:PORT2/VHOST?namespace=NAME&heartbeat=SECONDS&mode=asya`; `rabbitmqs://` for
 * TLS. User and password are better left out of it: then they come from `TROUPE_RABBITMQ_USER` and
 * `TROUPE_RABBITMQ_PASSWORD`, or from the file that `TROUPE_RABBITMQ_PASSWORD_FILE` names, which is read again at each
 * connection, so that a password can be changed under a running host.
 *
 * @module
 */

import { z } from "zod";
import { AddressReader, type Environment, NO_ADDRESS } from "../../address.ts";
import { RabbitmqAddressError } from "./errors.ts";

/** One node of a broker. */
export interface RabbitmqNode {
  readonly host: string;
  readonly port: number;
}

/** Who connects. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Files for TLS, in PEM form. */
export interface TlsFiles {
  /** Who vouches for the broker. @default the authorities that the runtime knows */
  readonly ca?: string;
  /** This client's certificate, where the broker asks for one. */
  readonly certificate?: string;
  /** The key to that certificate. */
  readonly key?: string;
  /** The name that the broker's certificate must have. @default the host in the address */
  readonly serverName?: string;
}

/** How names are given and queues are made: ours, or as Asya does. */
export type NamingMode = "troupe" | "asya";

/** Where a broker is, and as what to use it. */
export interface RabbitmqAddress {
  /** Tried in turn. */
  readonly nodes: readonly RabbitmqNode[];
  /** Present: TLS. */
  readonly tls?: TlsFiles;
  /** The virtual host. */
  readonly vhost: string;
  /** The mesh; part of every name. A DNS label. */
  readonly namespace: string;
  readonly mode: NamingMode;
  /** A connection on which nothing came for two to three times as long, in seconds, is given up. */
  readonly heartbeat: number;
  /** Read at each connection. */
  readonly credentials: () => Promise<Credentials>;
}

const READER = new AddressReader((problem, options) => new RabbitmqAddressError(problem, options));

const Settings = z.strictObject({
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a DNS label").default(
    "default",
  ),
  mode: z.enum(["troupe", "asya"], "is neither troupe nor asya").default("troupe"),
  heartbeat: z.coerce.number("is not a number of seconds").int("is not a whole number of seconds")
    .min(1, "is less than 1 s").max(600, "is more than 600 s").default(10),
  cacertfile: z.string().optional(),
  certfile: z.string().optional(),
  keyfile: z.string().optional(),
  server_name_indication: z.string().optional(),
});

/** An `@` has one place: else a password with a `/` in it would be taken for a host, and be shown as one. */
const SHAPE = /^(rabbitmqs?):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^@?#]*))?(?:\?([^@#]*))?$/;

/**
 * Reads an address.
 *
 * @param address The address.
 * @param env Where user and password come from that are not in the address. @default the process's environment
 * @throws {RabbitmqAddressError} when it cannot be used; the message does not repeat the address.
 *
 * @example
 * ```ts
 * import { parseRabbitmqAddress } from "@troupe/host/transport/rabbitmq/address";
 * import { assertEquals } from "@std/assert";
 *
 * const { nodes, vhost, namespace } = parseRabbitmqAddress("rabbitmq://a.example,b.example:5673/shop?namespace=staging");
 * assertEquals(nodes, [{ host: "a.example", port: 5672 }, { host: "b.example", port: 5673 }]);
 * assertEquals([vhost, namespace], ["shop", "staging"]);
 * ```
 */
export function parseRabbitmqAddress(
  address: string,
  env: Environment = (name) => Deno.env.get(name),
): RabbitmqAddress {
  const parts = SHAPE.exec(address);
  if (!parts) {
    throw new RabbitmqAddressError(NO_ADDRESS);
  }
  const [, scheme, who, hosts = "", path = "", query = ""] = parts;
  const settings = READER.settings(query, Settings);
  const { cacertfile, certfile, keyfile, server_name_indication } = settings;
  const tls = {
    ...(cacertfile === undefined ? {} : { ca: cacertfile }),
    ...(certfile === undefined ? {} : { certificate: certfile }),
    ...(keyfile === undefined ? {} : { key: keyfile }),
    ...(server_name_indication === undefined ? {} : { serverName: server_name_indication }),
  };
  if (scheme === "rabbitmq" && Object.keys(tls).length > 0) {
    throw new RabbitmqAddressError("it names files for TLS and is not rabbitmqs://");
  }
  return {
    nodes: hosts.split(",").map((host) =>
      READER.host(host.trim(), { defaultPort: scheme === "rabbitmqs" ? 5671 : 5672, what: "a host in it" })
    ),
    ...(scheme === "rabbitmqs" ? { tls } : {}),
    vhost: READER.decode(path, "its virtual host") || "/",
    namespace: settings.namespace,
    mode: settings.mode,
    heartbeat: settings.heartbeat,
    credentials: readCredentials(who, env),
  };
}

function readCredentials(who: string | undefined, env: Environment): () => Promise<Credentials> {
  if (who !== undefined) {
    const [user = "", ...password] = who.split(":");
    const found = {
      username: READER.decode(user, "its user"),
      password: READER.decode(password.join(":"), "its password"),
    };
    if (!found.username || !found.password) {
      throw new RabbitmqAddressError("it has a user and no password, or the other way round");
    }
    return () => Promise.resolve(found);
  }
  const username = env("TROUPE_RABBITMQ_USER");
  const password = env("TROUPE_RABBITMQ_PASSWORD");
  const file = env("TROUPE_RABBITMQ_PASSWORD_FILE");
  // What a broker has before anyone has set it up; it lets this user in from its own machine only.
  if (username === undefined && password === undefined && file === undefined) {
    return () => Promise.resolve({ username: "guest", password: "guest" });
  }
  if (username === undefined || (password === undefined) === (file === undefined)) {
    throw new RabbitmqAddressError(
      "without user and password in it, TROUPE_RABBITMQ_USER must be set, and one of TROUPE_RABBITMQ_PASSWORD and " +
        "TROUPE_RABBITMQ_PASSWORD_FILE",
    );
  }
  if (password !== undefined) return () => Promise.resolve({ username, password });
  return async () => ({
    username,
    password: await READER.passwordIn(file ?? "", "TROUPE_RABBITMQ_PASSWORD_FILE"),
  });
}
