/**
 * One generation of connections to the broker. When it is lost, everything that hangs on it is: channels, leases,
 * confirms under way. The next generation is another object, so nothing old can be taken for something new.
 *
 * Two connections, since a broker that has no memory left stops reading from those that publish: acknowledgements, which
 * are what gives it memory again, must not wait behind a message.
 *
 * @module
 */

import type { Channel, ChannelModel, ConfirmChannel, Options, SocketOptions } from "amqplib";
import type { Duplex } from "node:stream";
import { nodeName, type RabbitmqAddress, type RabbitmqNode } from "./address.ts";
import { RabbitmqError, RabbitmqRefusedError, reasonOf } from "./errors.ts";

/** What a link is opened with, beside the node. */
export interface LinkOptions extends Omit<RabbitmqAddress, "nodes"> {
  /** The name under which the broker shows the connections. */
  readonly name: string;
}

/** How long connecting and the handshake may take, in milliseconds. */
const CONNECT_MS = 10_000;
/** How long the broker may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 2_000;

/** A pair of connections: one that publishes, one for everything else. */
export class Link {
  /** The node, as it is shown to people. */
  readonly node: string;
  /** Resolves with the reason when either connection is lost or closed. */
  readonly lost: Promise<string>;
  /** Told when the broker begins (with its reason) or ceases (with an empty text) to block publishing. */
  onBlocked: (reason: string) => void = () => {};
  readonly #main: ChannelModel;
  readonly #publishing: ChannelModel;
  #alive = true;
  #closing = false;
  #blocked = "";
  #unblocked = Promise.resolve();
  #unblock = () => {};
  #unblockedAt = 0;

  private constructor(node: string, main: ChannelModel, publishing: ChannelModel) {
    this.node = node;
    this.#main = main;
    this.#publishing = publishing;
    this.lost = Promise.race([main, publishing].map(whenClosed)).then((reason) => {
      this.#alive = false;
      this.#unblock();
      // The other goes with it: a generation is lived through, or lost, as a whole.
      if (!this.#closing) this.abandon();
      return reason;
    });
    publishing.on("blocked", (reason) => {
      this.#blocked = reason || "the broker is short of memory or disk";
      this.#unblocked = new Promise((resolve) => this.#unblock = resolve);
      this.onBlocked(this.#blocked);
    });
    publishing.on("unblocked", () => {
      this.#blocked = "";
      this.#unblockedAt = performance.now();
      this.#unblock();
      this.onBlocked("");
    });
  }

  /**
   * Connects to a node.
   *
   * @throws {RabbitmqRefusedError} when it answers and does not let this client in; other errors when it does not answer.
   */
  static async open(node: RabbitmqNode, options: LinkOptions): Promise<Link> {
    const main = await connect(node, options, options.name);
    try {
      return new Link(nodeName(node), main, await connect(node, options, `${options.name} (publishing)`));
    } catch (error) {
      await goodbye(main);
      throw error;
    }
  }

  /** Whether neither connection is lost. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Why the broker takes no messages at the moment; empty when it does. */
  get blocked(): string {
    return this.#alive ? this.#blocked : "";
  }

  /** When the broker last began again to take messages, on the clock of `performance.now()`; 0 if it never ceased to. */
  get unblockedAt(): number {
    return this.#unblockedAt;
  }

  /** Resolves when the broker takes messages, or the link is lost. */
  get unblocked(): Promise<void> {
    return this.#unblocked;
  }

  /** Opens a channel for everything but publishing. Its errors end it, and are told by what was asked of it. */
  async channel(): Promise<Channel> {
    return await this.#open(() => this.#main.createChannel());
  }

  /** Opens a channel to publish without confirms. */
  async plainPublishingChannel(): Promise<Channel> {
    return await this.#open(() => this.#publishing.createChannel());
  }

  /** Opens a channel to publish with confirms. */
  async publishingChannel(): Promise<ConfirmChannel> {
    return await this.#open(() => this.#publishing.createConfirmChannel());
  }

  async #open<T extends Channel>(open: () => Promise<T>): Promise<T> {
    try {
      const channel = await open();
      // Without a listener, an error of a channel would be thrown into the client's own loop.
      channel.on("error", () => {});
      return channel;
    } catch (error) {
      throw new RabbitmqError(`The connection to ${this.node} is gone`, error);
    }
  }

  /** Cuts both connections: the broker does not answer on them as it should. Everything that hangs on the link is lost. */
  abandon(): void {
    for (const connection of [this.#main, this.#publishing]) destroy(connection);
  }

  /** Closes both connections. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([goodbye(this.#main), goodbye(this.#publishing)]);
    await this.lost;
  }
}

async function connect(node: RabbitmqNode, options: LinkOptions, name: string): Promise<ChannelModel> {
  // Loaded only now: whoever uses another transport does not pay for it.
  const { connect } = await import("amqplib");
  const { username, password } = await options.credentials();
  const url: Options.Connect = {
    protocol: options.tls ? "amqps" : "amqp",
    hostname: node.host,
    port: node.port,
    username,
    password,
    vhost: encodeURIComponent(options.vhost),
    heartbeat: options.heartbeat,
  };
  const socket: SocketOptions = {
    noDelay: true,
    keepAlive: true,
    timeout: CONNECT_MS,
    clientProperties: { connection_name: name },
    ...await readTls(options),
  };
  try {
    const connection = await connect(url, socket);
    // Without a listener an error would be thrown. What matters of it is told by `close`, which always follows.
    connection.on("error", () => {});
    return connection;
  } catch (error) {
    const refused = /ACCESS.REFUSED|NOT.ALLOWED|ConnectionClose/.test(reasonOf(error));
    throw refused ? new RabbitmqRefusedError(nodeName(node), refusal(error)) : error;
  }
}

async function readTls({ tls }: LinkOptions): Promise<SocketOptions> {
  if (!tls) return {};
  const read = async (file: string | undefined) =>
    file === undefined ? undefined : await Deno.readTextFile(file);
  const [ca, cert, key] = await Promise.all([read(tls.ca), read(tls.certificate), read(tls.key)]);
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/** The broker's own words: what the client puts around them can hold anything. */
function refusal(error: unknown): string {
  return /(?:ACCESS.REFUSED|NOT.ALLOWED)[^"]*/.exec(reasonOf(error))?.[0].slice(0, 200) ??
    "it gave no reason";
}

function whenClosed(connection: ChannelModel): Promise<string> {
  return new Promise((resolve) =>
    connection.on("close", (error) => resolve(error ? reasonOf(error) : "it was closed"))
  );
}

async function goodbye(connection: ChannelModel): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE_MS));
  // It fails when the connection is closed already, which is what is wanted.
  await Promise.race([connection.close().catch(() => {}), late]);
  clearTimeout(timer);
  destroy(connection);
}

/**
 * The client itself only ends its own side; with a silent peer, the socket would stay for minutes. The error has it clean
 * up, unless it has done so.
 */
function destroy(connection: ChannelModel): void {
  (connection.connection as unknown as { stream: Duplex }).stream.destroy(new Error("it was given up"));
}
