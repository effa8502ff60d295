/**
 * What is between a client and a broker, and knows what AMQP 0-9-1 is: a test can hold a method that changes or asks something
 * before the broker hears of it.
 *
 * @module
 */

/** A method of a client that is about queues, exchanges or messages. */
export interface AmqpCall {
  /** Such as `queue.declare`. */
  readonly method: string;
  /** What is in it, in which names can be read. */
  readonly text: string;
  /** Which of the connections. */
  readonly connection: number;
}

/** Classes and methods by their numbers; those of connections and channels are of no interest. */
const METHODS: Readonly<Record<string, string>> = {
  "40.10": "exchange.declare",
  "50.10": "queue.declare",
  "50.20": "queue.bind",
  "50.30": "queue.purge",
  "50.40": "queue.delete",
  "50.50": "queue.unbind",
  "60.20": "basic.consume",
  "60.40": "basic.publish",
  "60.70": "basic.get",
  "60.80": "basic.ack",
  "60.120": "basic.nack",
};
/** The first byte of `AMQP0091`. */
const PROTOCOL_HEADER = 0x41;
const PROTOCOL_HEADER_BYTES = 8;
/** Type, channel and size before what a frame holds; and its end mark. */
const FRAME_BYTES = 7 + 1;
const METHOD_FRAME = 1;

/** Passes what a client says on to a broker, method by method. */
export class AmqpProxy implements AsyncDisposable {
  /** Where it listens, on loopback. */
  readonly port: number;
  /** What is done before a method is passed on: it can wait, and the connection waits with it. */
  onCall: (call: AmqpCall) => Promise<void> | void = () => {};
  readonly #target: number;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #pumps = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #count = 0;

  /** @param target The broker's port, on loopback. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Ends it, and all connections through it. What is held must have been let go before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#accepting;
    for (const connection of this.#connections) close(connection);
    await Promise.all(this.#pumps);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      try {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        this.#connections.add(client).add(server);
        const connection = ++this.#count;
        this.#start(this.#passOn(client, server, connection), [client, server]);
        this.#start(server.readable.pipeTo(client.writable), [client, server]);
      } catch {
        // The broker is not there: the client finds its connection closed, as it would without a proxy.
        close(client);
      }
    }
  }

  #start(passing: Promise<void>, ends: readonly Deno.TcpConn[]): void {
    // Either side has gone: so goes the other.
    const pump = passing.catch(() => {}).finally(() => {
      this.#pumps.delete(pump);
      for (const end of ends) {
        this.#connections.delete(end);
        close(end);
      }
    });
    this.#pumps.add(pump);
  }

  async #passOn(client: Deno.TcpConn, server: Deno.TcpConn, connection: number): Promise<void> {
    const chunk = new Uint8Array(64 * 1024);
    let rest = new Uint8Array();
    for (;;) {
      while (rest.length < sizeOf(rest)) {
        const length = await client.read(chunk);
        if (length === null) return;
        rest = joined(rest, chunk.subarray(0, length));
      }
      const frame = rest.subarray(0, sizeOf(rest));
      const call = callOf(frame, connection);
      if (call) await this.onCall(call);
      for (let sent = 0; sent < frame.length;) sent += await server.write(frame.subarray(sent));
      rest = rest.slice(frame.length);
    }
  }
}

/** How long the frame is that begins there, in bytes; a guess while its beginning is not there. */
function sizeOf(bytes: Uint8Array): number {
  // What a client begins with is no frame.
  if (bytes[0] === PROTOCOL_HEADER) return PROTOCOL_HEADER_BYTES;
  if (bytes.length < FRAME_BYTES) return FRAME_BYTES;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(3) + FRAME_BYTES;
}

function callOf(frame: Uint8Array, connection: number): AmqpCall | undefined {
  if (frame[0] !== METHOD_FRAME) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  const method = METHODS[`${view.getUint16(7)}.${view.getUint16(9)}`];
  if (method === undefined) return undefined;
  return { method, text: new TextDecoder("latin1").decode(frame.subarray(11, -1)), connection };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It was closed already, from the other side.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
