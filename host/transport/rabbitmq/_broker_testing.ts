// What tests against a real broker have in common: meshes that do not see each other, and a client beside the transport.

import { assert } from "@std/assert";
import { type Channel, type ChannelModel, connect } from "amqplib";
import type { RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import type { Consumer, Delivery, Outgoing, Transport } from "../transport.ts";
import { openRabbitmq, parseRabbitmqAddress, type RabbitmqEvent, type RabbitmqOptions } from "./mod.ts";
import { type Topology, topologyOf } from "./topology.ts";

let meshes = 0;

/** A mesh of its own on a broker that several tests share. */
export class TestMesh {
  readonly namespace = `mesh-${Deno.pid}-${++meshes}`;
  readonly topology: Topology;
  /** The virtual host; one for all, unless it is set. */
  vhost = "/";
  /** What the transports of this mesh have told. */
  readonly events: RabbitmqEvent[] = [];
  readonly #server: RabbitmqServer;
  readonly #query: Record<string, string>;
  readonly #open: Transport[] = [];
  readonly #clients: ChannelModel[] = [];
  readonly #waiting: { kind: RabbitmqEvent["kind"]; resolve: () => void }[] = [];

  constructor(server: RabbitmqServer, query: Record<string, string> = {}) {
    this.#server = server;
    this.#query = { namespace: this.namespace, ...query };
    this.topology = topologyOf(parseRabbitmqAddress(server.address(this.#query)));
  }

  /** Opens a transport, over a proxy if its port is given. */
  async open(options: Partial<RabbitmqOptions> & { port?: number } = {}): Promise<Transport> {
    const { port, ...more } = options;
    const transport = await openRabbitmq({
      ...parseRabbitmqAddress(this.#server.address(this.#query, port)),
      vhost: this.vhost,
      onEvent: (event) => this.#note(event),
      ...more,
    });
    this.#open.push(transport);
    return transport;
  }

  /** Resolves when something of a kind happens from now on. */
  next(kind: RabbitmqEvent["kind"]): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ kind, resolve }));
  }

  /** A connection that knows nothing of the transport. */
  async connection(): Promise<ChannelModel> {
    const { host: hostname, port, user: username, password } = this.#server;
    const connection = await connect({
      hostname,
      port,
      username,
      password,
      vhost: encodeURIComponent(this.vhost),
    });
    connection.on("error", () => {});
    this.#clients.push(connection);
    return connection;
  }

  /** A channel of such a connection. */
  async client(): Promise<Channel> {
    const channel = await (await this.connection()).createChannel();
    channel.on("error", () => {});
    return channel;
  }

  /** Closes everything that was opened. */
  async close(): Promise<void> {
    for (const transport of this.#open) await transport.close();
    for (const client of this.#clients) await client.close().catch(() => {});
  }

  #note(event: RabbitmqEvent): void {
    this.events.push(event);
    for (const [i, { kind, resolve }] of [...this.#waiting.entries()].reverse()) {
      if (kind !== event.kind) continue;
      this.#waiting.splice(i, 1);
      resolve();
    }
  }
}

/** Registers tests on meshes of their own. */
export function meshTests(server: RabbitmqServer, query: Record<string, string> = {}) {
  return (
    name: string,
    run: (mesh: TestMesh) => Promise<void>,
    options: { readonly restarts?: boolean } = {},
  ) =>
    Deno.test({
      name: `rabbitmq: ${name}`,
      // A broker that is started anew outlives the test that did it.
      ...(options.restarts ? { sanitizeResources: false, sanitizeOps: false } : {}),
      async fn() {
        const mesh = new TestMesh(server, query);
        try {
          await run(mesh);
        } finally {
          await mesh.close();
        }
      },
    });
}

/**
 * Waits until what was declared survives that the broker is killed. RabbitMQ 3.10 on a single node leaves the queue that was
 * declared last without a leader, for good, when it is killed within a second; the others of a cluster would elect one.
 */
export function declarationsSettled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_000));
}

/** A message with a text. */
export function to(queue: string, text: string, delayMs?: number): Outgoing {
  return { queue, body: new TextEncoder().encode(text), ...(delayMs === undefined ? {} : { delayMs }) };
}

/** The text of a message. */
export function textOf({ body }: { readonly body: Uint8Array }): string {
  return new TextDecoder().decode(body);
}

/** Takes the next delivery of a consumer. */
export async function take(deliveries: AsyncIterator<Delivery>): Promise<Delivery> {
  const { value, done } = await deliveries.next();
  assert(!done, "the consumer ended");
  return value;
}

/** The deliveries of a queue. */
export function deliveriesOf(transport: Transport, queue: string, inFlight = 10): AsyncIterator<Delivery> {
  return transport.consume(queue, { inFlight })[Symbol.asyncIterator]();
}

/** Publishes until every message is confirmed. */
export async function publishAll(transport: Transport, messages: readonly Outgoing[]): Promise<void> {
  let rest = messages;
  while (rest.length > 0) {
    const outcomes = await transport.publish(rest);
    rest = rest.filter((_, i) => outcomes[i]?.kind !== "ok");
    if (rest.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Settles a delivery as a host does: again and again, until it is settled or somebody else's. */
export async function settleAll(delivery: Delivery, messages: readonly Outgoing[]): Promise<void> {
  let rest = messages;
  for (;;) {
    const { outcomes, acked, leaseLost } = await delivery.settle(rest);
    if (acked || leaseLost) return;
    rest = rest.filter((_, i) => outcomes[i]?.kind !== "ok");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Moves messages from one queue to another, as the hosts of a mesh do, until the consumer is stopped. */
export async function move(consumer: Consumer, queue: string): Promise<void> {
  const settling = new Set<Promise<void>>();
  for await (const delivery of consumer) {
    const settled = settleAll(delivery, [{ queue, body: delivery.body }]).finally(() =>
      settling.delete(settled)
    );
    settling.add(settled);
  }
  await Promise.all(settling);
}

/** How long nothing may arrive before what is missing is given up, in milliseconds. */
const PATIENCE_MS = 45_000;

/** Takes from a queue until every one of the expected texts has come, or nothing comes any more; gives how often each has come. */
export async function collect(
  transport: Transport,
  queue: string,
  expected: Iterable<string>,
): Promise<Map<string, number>> {
  const missing = new Set(expected);
  const counts = new Map<string, number>();
  const consumer = transport.consume(queue, { inFlight: 200 });
  let patience: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => void consumer.stop(), PATIENCE_MS);
  };
  wait();
  for await (const delivery of consumer) {
    wait();
    const text = textOf(delivery);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    missing.delete(text);
    await delivery.settle([]);
    if (missing.size === 0) break;
  }
  clearTimeout(patience);
  return counts;
}
