/**
 * A transport, in the settings of a controller.
 *
 * @module
 */

import { parseRabbitmqAddress } from "@troupe/host/transport/rabbitmq/address";
import type { z } from "zod";
import { field } from "./_schema.ts";
import { dataKey, flag, object, objectName, text } from "./_fields.ts";
import { peers, problemIn, wantsPeers } from "./server_settings.ts";

/** Who connects, where it does not matter. */
const NOBODY: Readonly<Record<string, string>> = {
  TROUPE_RABBITMQ_USER: "user",
  TROUPE_RABBITMQ_PASSWORD: "password",
};

/** Reads the address of a transport; who connects is said elsewhere. */
export function readTransport(address: string) {
  return parseRabbitmqAddress(address, (name) => NOBODY[name]);
}

const AN_ADDRESS = "an address such as rabbitmq://rabbitmq.queues.svc/shop";

const address = text(AN_ADDRESS, { most: 2048 }).superRefine((address, context) => {
  const problem = address.includes("@")
    ? "must not hold a user or a password: they come from the Secret that credentials names"
    : !/^rabbitmqs?:/.test(address)
    ? `has to be ${AN_ADDRESS}: in a cluster, queues are on RabbitMQ`
    : /[?&](cacertfile|certfile|keyfile)=/.test(address)
    ? "names a file: put what is in it into a Secret, and name that under tls"
    : problemIn(() => readTransport(address));
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const credentials = object({
  secret: field(objectName("a Secret"), "Name of a Secret, which is in each namespace that has actors."),
  username: field(dataKey.default("username"), "Its entry with the name of the user."),
  password: field(dataKey.default("password"), "Its entry with the password."),
}, "an object with secret");

const tls = object({
  secret: field(objectName("a Secret"), "Name of a Secret, which is in each namespace that has actors."),
  ca: field(dataKey.default("ca.crt"), "Its entry with who vouches for the broker, in PEM form."),
}, "an object with secret");

const management = text("a URL", { most: 2048 }).refine(
  (text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && !text.includes("@") && url.search === "" &&
      url.hash === "";
  },
  { error: "has to be a URL, such as http://rabbitmq.queues.svc:15672, without credentials and query" },
);

/** One transport. */
export const transport = object({
  address: field(
    address,
    "Where the queues are. Without a namespace in it, that of each actor is the namespace of its queues too.",
  ),
  credentials: field(credentials, "Who connects."),
  tls: field(
    tls.optional(),
    "Who vouches for the broker, with rabbitmqs://. Without it, whom the runtime trusts.",
  ),
  management: field(
    management.optional(),
    "URL of the broker's management interface. Where it is named, KEDA asks it, as it counts envelopes in hand too, though " +
      "some 10 s late; over AMQP KEDA sees only those that wait, at once, with two connections for each actor.",
  ),
  peers: field(
    peers,
    "Who the broker is, for policies. Without it, who is behind a service or an address of the cluster.",
  ),
  crew: field(
    flag().default(true),
    "Whether a crew is installed for its meshes. Not so where one runs elsewhere: each mesh has one crew.",
  ),
}, "an object with address and credentials").superRefine(
  wantsPeers(({ address }: { readonly address: string }) =>
    problemIn(() => readTransport(address)) === undefined
      ? readTransport(address).nodes.map(({ host }) => host)
      : []
  ),
).superRefine(({ address, tls }, context) => {
  if (tls === undefined || address.startsWith("rabbitmqs:")) return;
  context.addIssue({ code: "custom", path: ["tls"], message: "has a meaning with rabbitmqs:// only" });
});

/** One transport. */
export type TransportSettings = z.output<typeof transport>;
