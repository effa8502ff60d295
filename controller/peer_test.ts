import { assertEquals } from "@std/assert";
import { type Peer, peerOf } from "./peer.ts";

const HOSTS: [host: string, peer: Peer | undefined][] = [
  ["rabbitmq", { pods: {} }],
  ["rabbitmq.queues.svc", { namespace: "queues" }],
  ["rabbitmq.queues.svc.cluster.local", { namespace: "queues" }],
  ["rabbitmq.queues.svc.cluster.local.", { namespace: "queues" }],
  ["rabbitmq-0.rabbitmq.queues.svc", { namespace: "queues" }],
  ["10.1.2.3", { cidr: "10.1.2.3/32" }],
  ["fd00::1", { cidr: "fd00::1/128" }],
  // It could be a service, and it could be a name of the world.
  ["rabbitmq.queues", undefined],
  ["broker.example.com", undefined],
  ["svc.example.com", undefined],
  ["a.b.c.d.svc", undefined],
];

for (const [host, peer] of HOSTS) {
  Deno.test(`who is behind ${host}`, () => assertEquals(peerOf(host), peer));
}
