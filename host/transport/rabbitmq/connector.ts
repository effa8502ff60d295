/**
 * Keeps a link to the broker: opens one, and another when it is lost, for as long as it is not closed.
 *
 * @module
 */

import { TransportClosedError } from "../errors.ts";
import { hostAndPort } from "../../address.ts";
import type { RabbitmqNode } from "./address.ts";
import { pause } from "../../pause.ts";
import { Backoff } from "./backoff.ts";
import { RabbitmqAddressError, RabbitmqRefusedError, RabbitmqUnreachableError, reasonOf } from "./errors.ts";
import { Link, type LinkOptions } from "./link.ts";

/** Something that happened to the connection, for logs. It holds no credentials. */
export interface RabbitmqEvent {
  /**
   * - `connected`, `lost`, `unreachable`: the connection;
   * - `blocked`, `unblocked`: the broker takes no messages, or takes them again;
   * - `interrupted`: a queue could not be taken from for a moment, or an answer was missing; it is tried again.
   */
  readonly kind: "connected" | "lost" | "unreachable" | "blocked" | "unblocked" | "interrupted";
  /** A sentence, or part of one. */
  readonly detail: string;
}

/** What a connector needs. */
export interface ConnectorOptions extends LinkOptions {
  /** Tried in turn. */
  readonly nodes: readonly RabbitmqNode[];
  /** Makes a new link fit for use, before anyone gets it. */
  readonly prepare: (link: Link) => Promise<void>;
  readonly onEvent: (event: RabbitmqEvent) => void;
}

/** Bounds of the pause between two attempts to connect, in milliseconds. */
const PAUSES = { first: 200, longest: 10_000 };
/** How long a link is waited for by who cannot go on without one, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The connection to a broker, as long as the transport lives. */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #closed = new AbortController();
  #current = Promise.withResolvers<Link>();
  #link: Link | undefined;
  #problem = "not connected yet";
  #refused: RabbitmqRefusedError | RabbitmqAddressError | undefined;
  readonly #keeping: Promise<void>;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#current.promise.catch(() => {});
    this.#keeping = this.#keep();
  }

  /** Given when it is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** The link, if there is one now. */
  get live(): Link | undefined {
    return this.#link?.alive ? this.#link : undefined;
  }

  /** Why there is no link now. */
  get problem(): string {
    return this.#problem;
  }

  /**
   * The link, or the next one.
   *
   * @throws {RabbitmqUnreachableError} when there is none for a while.
   * @throws {TransportClosedError} when the connector is closed.
   */
  async link(): Promise<Link> {
    const link = await this.linkWithin(PATIENCE_MS);
    if (link) return link;
    throw this.closed.aborted ? new TransportClosedError("rabbitmq") : this.#unreachable();
  }

  /** The link, or the next one within a time; undefined when there is none by then, or the signal is given. */
  async linkWithin(ms: number, signal = this.closed): Promise<Link | undefined> {
    const settled = new AbortController();
    try {
      return await Promise.race([
        this.#current.promise.catch(() => undefined),
        pause(ms, AbortSignal.any([signal, settled.signal])).then(() => undefined),
      ]);
    } finally {
      settled.abort();
    }
  }

  /**
   * Waits for the first link.
   *
   * @throws {RabbitmqRefusedError} as soon as the broker refuses this client.
   * @throws {RabbitmqUnreachableError} when there is no link after the time.
   */
  async first(patienceMs: number): Promise<void> {
    if (await this.linkWithin(patienceMs)) return;
    throw this.#refused ?? this.#unreachable();
  }

  /** Closes the link, and opens none any more. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#current.reject(new TransportClosedError("rabbitmq"));
    await this.#link?.close();
    await this.#keeping;
  }

  #unreachable(): RabbitmqUnreachableError {
    return new RabbitmqUnreachableError(this.#options.nodes.map(hostAndPort), this.#problem);
  }

  async #keep(): Promise<void> {
    const { nodes, onEvent } = this.#options;
    const backoff = new Backoff(PAUSES);
    for (let attempt = 0; !this.closed.aborted; attempt++) {
      const node = nodes[attempt % nodes.length] as RabbitmqNode;
      const link = await this.#open(node);
      if (link) {
        backoff.reset();
        const reason = await link.lost;
        this.#current = this.closed.aborted ? this.#current : Promise.withResolvers();
        this.#current.promise.catch(() => {});
        this.#problem = `the connection to ${link.node} was lost: ${reason}`;
        if (!this.closed.aborted) onEvent({ kind: "lost", detail: this.#problem });
      }
      // Another node is tried at once; it is all of them that are given time.
      if (link || attempt % nodes.length === nodes.length - 1) await backoff.pause(this.closed);
    }
  }

  async #open(node: RabbitmqNode): Promise<Link | undefined> {
    const { onEvent, prepare } = this.#options;
    let link: Link | undefined;
    try {
      link = await Link.open(node, this.#options);
      this.#link = link;
      await prepare(link);
      if (this.closed.aborted) throw new TransportClosedError("rabbitmq");
      link.onBlocked = (reason) =>
        onEvent(
          reason
            ? { kind: "blocked", detail: `the broker takes no messages: ${reason}` }
            : { kind: "unblocked", detail: "the broker takes messages again" },
        );
      onEvent({ kind: "connected", detail: link.node });
      this.#refused = undefined;
      this.#current.resolve(link);
      return link;
    } catch (error) {
      await link?.close();
      if (this.closed.aborted) return undefined;
      this.#problem = error instanceof RabbitmqRefusedError || error instanceof RabbitmqAddressError
        ? error.message
        : `${hostAndPort(node)} cannot be used: ${reasonOf(error)}`;
      onEvent({ kind: "unreachable", detail: this.#problem });
      if (error instanceof RabbitmqRefusedError || error instanceof RabbitmqAddressError) this.#refuse(error);
      return undefined;
    }
  }

  /** Who waits for the first link is told at once that there will be none; a running transport goes on trying. */
  #refuse(error: RabbitmqRefusedError | RabbitmqAddressError): void {
    this.#refused = error;
    this.#current.reject(error);
    this.#current = Promise.withResolvers();
    this.#current.promise.catch(() => {});
  }
}
