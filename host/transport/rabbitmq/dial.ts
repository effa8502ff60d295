/**
 * Connections to a node of the broker: made, and ended.
 *
 * @module
 */

import type { Channel, ChannelModel, Options, SocketOptions } from "amqplib";
import type { Duplex } from "node:stream";
import { hostAndPort } from "../../address.ts";
import type { RabbitmqAddress, RabbitmqNode } from "./address.ts";
import { RabbitmqError, RabbitmqRefusedError, reasonOf } from "./errors.ts";
import { gatherWrites } from "./gathered_writes.ts";

/** What a connection is made with, beside the node. */
export type DialOptions = Omit<RabbitmqAddress, "nodes">;

/** How long connecting and the handshake may take, in milliseconds. */
const CONNECT_MS = 10_000;
/** How long the broker may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 2_000;

/**
 * Connects to a node.
 *
 * @param name The name under which the broker shows the connection.
 * @throws {RabbitmqRefusedError} when it answers and does not let this client in; other errors when it does not answer.
 */
export async function dial(
  node: RabbitmqNode,
  { name, ...options }: DialOptions & { readonly name: string },
): Promise<ChannelModel> {
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
    gatherWrites(streamOf(connection));
    return connection;
  } catch (error) {
    const refused = /ACCESS.REFUSED|NOT.ALLOWED|ConnectionClose/.test(reasonOf(error));
    throw refused ? new RabbitmqRefusedError(hostAndPort(node), refusal(error)) : error;
  }
}

async function readTls({ tls }: DialOptions): Promise<SocketOptions> {
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

/** Opens a channel. Its errors end it, and are told by what was asked of it. */
export async function openChannel<T extends Channel>(open: () => Promise<T>): Promise<T> {
  try {
    const channel = await open();
    // Without a listener, an error of a channel would be thrown into the client's own loop.
    channel.on("error", () => {});
    return channel;
  } catch (error) {
    throw new RabbitmqError("The connection to the broker is gone", error);
  }
}

/** Resolves with the reason when a connection is lost or closed. */
export function whenClosed(connection: ChannelModel): Promise<string> {
  return new Promise((resolve) =>
    connection.on("close", (error) => resolve(error ? reasonOf(error) : "it was closed"))
  );
}

/** Closes a connection as the protocol wants it, or cuts it if that takes too long. */
export async function goodbye(connection: ChannelModel): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE_MS));
  // It fails when the connection is closed already, which is what is wanted.
  await Promise.race([connection.close().catch(() => {}), late]);
  clearTimeout(timer);
  cut(connection);
}

/**
 * Cuts a connection. The client itself only ends its own side; with a silent peer, the socket would stay for minutes. The
 * error has it clean up, unless it has done so.
 */
export function cut(connection: ChannelModel): void {
  streamOf(connection).destroy(new Error("it was given up"));
}

/** The socket, which the client keeps to itself. */
function streamOf(connection: ChannelModel): Duplex {
  return (connection.connection as unknown as { stream: Duplex }).stream;
}
