/**
 * The connection to a Redis server, made anew when it is lost. As much as is asked goes over it at once.
 *
 * @module
 */

import { ErrorReply } from "@redis/client";
import { pause } from "../../pause.ts";
import { StateClosedError, StateUnavailableError } from "../errors.ts";
import { type RedisAddress, serverName } from "./address.ts";
import { RedisAddressError, RedisSetupError } from "./errors.ts";
import { type Argument, Link, type Reply } from "./link.ts";

/** Pauses before the connection is made again, in milliseconds. */
const RECONNECT_MS = { first: 50, longest: 2_000 };
/** Longest time that making a connection may take, in milliseconds. */
const CONNECT_MS = 5_000;
/** What a server says that lets nobody in, until a person does something. */
const SETUP = /^(NOAUTH|WRONGPASS|NOPERM|ERR (AUTH|DB index|invalid password|Client sent AUTH))/;
/** What it says when it can do nothing now. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|MISCONF|OOM|NOREPLICAS|ERR max)/;

/** What a server answered instead of doing something, which would be answered again. */
export class RedisRefusal extends Error {
  override readonly name = "RedisRefusal";
}

/** A connection, as long as it is wanted. */
export class RedisConnection {
  /** The server as it is shown to people. */
  readonly name: string;
  readonly #address: RedisAddress;
  readonly #patienceMs: number;
  readonly #closing = new AbortController();
  #ready = Promise.withResolvers<Link>();
  #link: Link | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #problem = "";

  private constructor(address: RedisAddress, { patienceMs }: { readonly patienceMs: number }) {
    this.#address = address;
    this.#patienceMs = patienceMs;
    this.name = serverName(address);
  }

  /**
   * Connects.
   *
   * @param options `patienceMs`: how long a command may take.
   * @throws {RedisAddressError} when a file that the address names cannot be read.
   * @throws {RedisSetupError} when the server lets nobody in.
   * @throws {StateUnavailableError} when it does not answer.
   */
  static async open(
    address: RedisAddress,
    options: { readonly patienceMs: number },
  ): Promise<RedisConnection> {
    const connection = new RedisConnection(address, options);
    // A file that cannot be read is no fault of the server's.
    await address.password();
    try {
      const link = await connection.#connect();
      await greet(link);
      connection.#keeping = connection.#keep(link);
      return connection;
    } catch (error) {
      if (error instanceof RedisAddressError) throw error;
      if (error instanceof ErrorReply && SETUP.test(error.message)) {
        const advice = "Correct the user in the address, or set TROUPE_STATE_PASSWORD";
        throw new RedisSetupError(connection.name, `${error.message}. ${advice}`, { cause: error });
      }
      throw connection.#unavailable(error, true);
    }
  }

  /** Why the server cannot be reached now; empty when it can. */
  get problem(): string {
    return this.#problem && `the state in ${this.name} cannot be reached: ${this.#problem}`;
  }

  /**
   * Sends a command, as soon as there is a connection.
   *
   * @throws {RedisRefusal} when the server answers with an error that would come again.
   * @throws {StateUnavailableError} when it does not answer in time, or says that it can do nothing now.
   * @throws {StateClosedError} when the connection is closed before the answer has come.
   */
  async send(command: readonly Argument[]): Promise<Reply> {
    if (this.#closed) throw new StateClosedError();
    const { promise: ready } = this.#ready;
    const startedAt = performance.now();
    let link: Link | undefined;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const problem = this.#problem || `no answer within ${this.#patienceMs} ms`;
      late.reject(this.#unavailable(problem, link === undefined));
      // One that has been silent for so long may be lost, and nobody was told.
      if (link && link.heardAt < startedAt) link.end();
    }, this.#patienceMs);
    try {
      link = await Promise.race([ready, late.promise]);
      return await Promise.race([link.send(command), late.promise]);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it. What is under way fails. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#ready.reject(new StateClosedError());
    this.#link?.end();
    await this.#keeping;
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Uses a connection until it is lost, and then makes another, and so on. */
  async #keep(first: Link): Promise<void> {
    for (let link: Link | undefined = first; link; link = await this.#again()) {
      this.#problem = "";
      this.#link = link;
      this.#ready.resolve(link);
      this.#problem = messageOf(await link.lost);
      if (this.#closed) return;
      this.#ready = Promise.withResolvers();
      // Nobody may be waiting.
      this.#ready.promise.catch(() => {});
    }
  }

  /** Tries until there is a connection; undefined when none is wanted any more. */
  async #again(): Promise<Link | undefined> {
    for (let wait = RECONNECT_MS.first; !this.#closed; wait = Math.min(2 * wait, RECONNECT_MS.longest)) {
      try {
        const link = await this.#connect();
        if (!this.#closed) return link;
        link.end();
      } catch (error) {
        this.#problem = messageOf(error);
        await pause(wait * (0.5 + Math.random() / 2), this.#closing.signal);
      }
    }
    return undefined;
  }

  #connect(): Promise<Link> {
    return Link.open(this.#address, {
      connectMs: Math.min(CONNECT_MS, this.#patienceMs),
      signal: this.#closing.signal,
    });
  }

  #explain(error: unknown): Error {
    if (error instanceof StateUnavailableError) return error;
    if (this.#closed) return new StateClosedError();
    if (!(error instanceof ErrorReply)) return this.#unavailable(error, false);
    if (PASSING.test(error.message) || SETUP.test(error.message)) return this.#unavailable(error, true);
    return new RedisRefusal(error.message, { cause: error });
  }

  #unavailable(cause: unknown, undone: boolean): StateUnavailableError {
    return new StateUnavailableError(this.name, { problem: messageOf(cause), undone, cause });
  }
}

/** Has a server say whether it lets anybody in who gave no password. Whoever may not even ask is let in. */
async function greet(link: Link): Promise<void> {
  try {
    await link.send(["PING"]);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith("NOPERM")) return;
    link.end();
    throw error;
  }
}

function messageOf(error: unknown): string {
  // Where a name has several addresses, what went wrong with each of them.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return (error instanceof Error ? error.message : String(error)) || "the connection failed";
}
