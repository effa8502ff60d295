// Run before `host/main.ts` (`deno run --preload`): has the process kill itself at a certain step of a hop. It works on the
// client that the transport uses, so that the mesh's own code knows nothing of it.
//
// TROUPE_FAULT=POINT:N, the N-th time that the process is there:
// - before-publish: what a hop caused is about to be written to the broker;
// - published: the broker has confirmed it, and the host has not yet taken note;
// - confirmed: everything is confirmed, and the acknowledgement is about to be written;
// - acked: the broker has read the acknowledgement.

import { type Channel, type ConfirmChannel, connect, type ConsumeMessage } from "amqplib";
import { parseRabbitmqAddress } from "@troupe/host/transport/rabbitmq/address";

const [point, occurrence] = (Deno.env.get("TROUPE_FAULT") ?? "").split(":");
let left = Number(occurrence);
const die = () => Deno.kill(Deno.pid, "SIGKILL");

/** The classes of the client's channels are to be had from channels alone. */
const address = parseRabbitmqAddress(Deno.args[Deno.args.indexOf("--transport") + 1] ?? "");
const connection = await connect({
  hostname: address.nodes[0]?.host ?? "",
  port: address.nodes[0]?.port ?? 0,
  ...await address.credentials(),
});
const confirming: ConfirmChannel = Object.getPrototypeOf(await connection.createConfirmChannel());
const plain: Channel = Object.getPrototypeOf(await connection.createChannel());
await connection.close();

const { publish } = confirming;
confirming.publish = function (exchange, routingKey, content, options, onConfirm) {
  // What belongs to the mesh as a whole is no hop's: the list of its queues.
  const counts = !routingKey.includes("__");
  if (counts && point === "before-publish" && --left === 0) die();
  return publish.call(this, exchange, routingKey, content, options, (error, ok) => {
    if (counts && point === "published" && --left === 0) die();
    onConfirm?.(error, ok);
  });
};

const { ack } = plain;
plain.ack = function (this: Channel, message: ConsumeMessage, allUpTo?: boolean) {
  if (point === "confirmed" && --left === 0) die();
  ack.call(this, message, allUpTo);
  // A broker answers on a channel in order: when it does, it has read what came before.
  if (point === "acked" && --left === 0) this.checkExchange("amq.direct").then(die, die);
};
