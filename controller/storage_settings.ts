/**
 * Where large payloads and state are kept, in the settings of a controller.
 *
 * @module
 */

import { parseBucketAddress } from "@troupe/host/crew/objects/address";
import { parsePostgresAddress } from "@troupe/host/crew/postgres/address";
import { parseRedisAddress } from "@troupe/host/state/redis/address";
import type { z } from "zod";
import { field } from "./_schema.ts";
import { dataKey, object, objectName, text } from "./_fields.ts";
import { type HostAndPort, peers, problemIn, secretKey, wantsPeers } from "./server_settings.ts";

/** Where an address leads. */
type Reader = (address: string) => HostAndPort;

/** The environment of a host, as far as addresses are concerned: nothing. */
const NOTHING = () => undefined;

/** Reads the address of a store. */
export const readStore: Reader = (address) => parsePostgresAddress(address, NOTHING);
/** Reads the address of what actors keep. */
export const readState: Reader = (address) => parseRedisAddress(address, NOTHING);

/** Where a bucket's server is; undefined for Amazon's. */
export function readBucket(address: string): HostAndPort | undefined {
  const { endpoint } = parseBucketAddress(address, NOTHING);
  if (endpoint === undefined) return undefined;
  const { hostname, port, protocol } = new URL(endpoint);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: number };
}

function addressOf(
  what: string,
  { read, pattern }: { readonly read: (address: string) => unknown; readonly pattern: RegExp },
) {
  return text(what, { most: 2048 }).superRefine((address, context) => {
    const problem = !pattern.test(address)
      ? `has to be ${what}`
      : /^\w+:\/\/[^@]*:.*@/s.test(address)
      ? "must not hold a password: it comes from the Secret that password names"
      : problemIn(() => read(address));
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
}

function server(what: string, { read, pattern }: { readonly read: Reader; readonly pattern: RegExp }) {
  return object({
    address: field(addressOf(what, { read, pattern }), "Where it is, without a password."),
    password: field(
      secretKey.optional(),
      "The entry of a Secret that has the password. Without it, there is none.",
    ),
    peers: field(
      peers,
      "Who it is, for policies. Without it, who is behind a service or an address of the cluster.",
    ),
  }, "an object with address").superRefine(
    wantsPeers(({ address }: { readonly address: string }) =>
      problemIn(() => read(address)) === undefined ? [read(address).host] : []
    ),
  );
}

/** The field `store`. */
export const store = server("an address such as postgres://mesh@postgres.data.svc/shop", {
  read: readStore,
  pattern: /^postgres(ql)?:\/\//,
});

/** The field `state`. */
export const state = server("an address such as redis://redis.data.svc", {
  read: readState,
  pattern: /^rediss?:\/\//,
});

const keys = object({
  secret: field(objectName("a Secret"), "Name of a Secret, which is in each namespace that has actors."),
  accessKeyId: field(dataKey.default("AWS_ACCESS_KEY_ID"), "Its entry with the key's id."),
  secretAccessKey: field(dataKey.default("AWS_SECRET_ACCESS_KEY"), "Its entry with the key."),
}, "an object with secret");

/** The field `objects`. */
export const bucket = object({
  address: field(
    addressOf("an address such as s3://shop/mesh?region=eu-central-1", {
      read: readBucket,
      pattern: /^s3:\/\//,
    }),
    "Which bucket it is.",
  ),
  keys: field(keys.optional(), "The keys of an account."),
  peers: field(
    peers,
    "Who its server is, for policies. Without it, its endpoint, or every public address on port 443.",
  ),
}, "an object with address").superRefine(
  wantsPeers(({ address }: { readonly address: string }) => {
    const server = problemIn(() => readBucket(address)) === undefined ? readBucket(address) : undefined;
    return server === undefined ? [] : [server.host];
  }),
);

/** The fields, parsed. */
export type ServerSettings = z.output<typeof store>;
/** The field, parsed. */
export type BucketSettings = z.output<typeof bucket>;
