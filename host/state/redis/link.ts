/**
 * One connection to a Redis server, from its beginning to its end.
 *
 * @module
 */

import { createClient, RESP_TYPES } from "@redis/client";
import { Buffer } from "node:buffer";
import type { RedisAddress } from "./address.ts";
import { RedisAddressError } from "./errors.ts";

/** An element of a command. */
export type Argument = string | Uint8Array;
/** What a server answers: bytes for texts. */
export type Reply = Uint8Array | number | string | null | readonly Reply[];

/** Commands that may wait at once; more are refused. */
const MOST_WAITING = 10_000;

/** Makes a connection as the client library has it. */
async function makeClient(address: RedisAddress, connectMs: number) {
  const { host, port, database, user, tls, ca } = address;
  const socket = { host, port, connectTimeout: connectMs, reconnectStrategy: false } as const;
  const password = await address.password();
  return createClient({
    RESP: 2,
    socket: tls ? { ...socket, tls, ...await verification(host, ca) } : socket,
    ...(user === undefined ? {} : { username: user }),
    ...(password === "" ? {} : { password }),
    database,
    disableClientInfo: true,
    commandsQueueMaxLength: MOST_WAITING,
    maintNotifications: "disabled",
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

/** A connection. */
export class Link {
  /** Resolves when it has ended, with why. */
  readonly lost: Promise<unknown>;
  readonly #client: Awaited<ReturnType<typeof makeClient>>;
  #heardAt = performance.now();

  private constructor(client: Awaited<ReturnType<typeof makeClient>>) {
    this.#client = client;
    const lost = Promise.withResolvers<unknown>();
    this.lost = lost.promise;
    client.on("terminated", lost.resolve);
    client.on("end", () => lost.resolve(new Error("it was ended")));
    // Whoever waits for an answer is told.
    client.on("error", () => {});
  }

  /**
   * Connects, once. What is thrown is what the client library throws: an `ErrorReply` where the server answers.
   *
   * @param options `signal`: gives it up.
   * @throws {RedisAddressError} when a file that the address names cannot be read.
   */
  static async open(
    address: RedisAddress,
    { connectMs, signal }: { readonly connectMs: number; readonly signal: AbortSignal },
  ): Promise<Link> {
    const client = await makeClient(address, connectMs);
    signal.throwIfAborted();
    const link = new Link(client);
    const giveUp = () => client.destroy();
    // A server may take a connection and then say nothing.
    const timer = setTimeout(giveUp, connectMs);
    signal.addEventListener("abort", giveUp);
    try {
      await client.connect();
      return link;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** When the server said something last, by the clock of `performance.now()`. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Sends a command. What is thrown is what the client library throws. */
  async send(command: readonly Argument[]): Promise<Reply> {
    const reply = await this.#client.sendCommand<Reply>(
      command.map((each) =>
        typeof each === "string" ? each : Buffer.from(each.buffer, each.byteOffset, each.byteLength)
      ),
    );
    this.#heardAt = performance.now();
    return reply;
  }

  /** Ends it. What is under way fails. */
  end(): void {
    this.#client.destroy();
  }
}

async function verification(host: string, ca: string | undefined) {
  // A name is told to the server; an address must not be.
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  if (ca === undefined) return servername;
  try {
    return { ...servername, ca: await Deno.readTextFile(ca) };
  } catch (cause) {
    throw new RedisAddressError(`the file that cacert names, ${ca}, cannot be read`, { cause });
  }
}
