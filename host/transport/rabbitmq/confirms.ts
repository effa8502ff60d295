/**
 * One channel that publishes with confirms, and what became of each message on it.
 *
 * Every message is mandatory: one that no queue takes comes back before it is "confirmed", and only both together tell its
 * fate. A confirm that can no longer come, because the channel is gone, means that the fate is unknown.
 *
 * @module
 */

import type { ConfirmChannel, Options } from "amqplib";
import { Buffer } from "node:buffer";
import type { Outcome } from "../transport.ts";
import { reasonOf } from "./errors.ts";
import type { Target } from "./topology.ts";

/** A message as it goes to the broker. */
export interface Sending extends Target {
  readonly body: Uint8Array;
  /** Its id for people; it stays the same wherever the message is moved. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, number>>;
}

interface Pending {
  readonly settle: (outcome: Outcome) => void;
  readonly since: number;
  returned: boolean;
}

const OK: Outcome = { kind: "ok" };

/** A channel with confirms. */
export class ConfirmedChannel {
  /** Resolves with the broker's reason, or an empty text, when the channel is gone. */
  readonly closed: Promise<string>;
  readonly #channel: ConfirmChannel;
  readonly #pending = new Map<string, Pending>();
  #sent = 0;
  #alive = true;
  #reason = "";
  #idle: PromiseWithResolvers<void> | undefined;
  #drained: Promise<void> | undefined;
  #drain = () => {};

  constructor(channel: ConfirmChannel) {
    this.#channel = channel;
    channel.on("error", (error) => this.#reason = reasonOf(error));
    channel.on("return", ({ properties }) => {
      const pending = this.#pending.get(String(properties.correlationId));
      if (pending) pending.returned = true;
    });
    channel.on("drain", () => this.#resume());
    this.closed = new Promise((resolve) =>
      channel.on("close", () => {
        this.#alive = false;
        this.#resume();
        for (const tag of this.#pending.keys()) this.#settle(tag, unknown(this.#reason));
        resolve(this.#reason);
      })
    );
  }

  /** Whether it can publish. */
  get alive(): boolean {
    return this.#alive;
  }

  /** How many confirms are missing. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Resolves when the connection has taken what was written so far; undefined when there is no need to wait. */
  get drained(): Promise<void> | undefined {
    return this.#drained;
  }

  /** Publishes one message. */
  send({ exchange, routingKey, body, messageId, headers }: Sending): Promise<Outcome> {
    return new Promise((resolve) => {
      if (!this.#alive) return resolve(unknown(this.#reason));
      const tag = String(++this.#sent);
      this.#pending.set(tag, { settle: resolve, since: performance.now(), returned: false });
      const options: Options.Publish = {
        mandatory: true,
        persistent: true,
        contentType: "application/json",
        messageId,
        correlationId: tag,
        headers,
      };
      try {
        const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
        const room = this.#channel.publish(
          exchange,
          routingKey,
          content,
          options,
          (error) => this.#confirm(tag, error),
        );
        if (!room) this.#drained ??= new Promise((resume) => this.#drain = resume);
      } catch (error) {
        // The client throws when the connection is gone and its event is still to come.
        this.#settle(tag, unknown(reasonOf(error)));
      }
    });
  }

  /** Gives up confirms that have been missing since a time; the messages may be there or not. */
  giveUp(before: number): void {
    for (const [tag, { since }] of this.#pending) {
      if (since < before) this.#settle(tag, unknown("no confirm came"));
    }
  }

  /** Resolves when no confirm is missing, or none can come any more. */
  idle(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #confirm(tag: string, error: unknown): void {
    if (error === null || error === undefined) {
      const returned = this.#pending.get(tag)?.returned;
      this.#settle(tag, returned ? { kind: "refused", reason: "no-queue", detail: "no queue took it" } : OK);
    } else if (reasonOf(error) === "message nacked") {
      this.#settle(tag, { kind: "refused", reason: "other", detail: "the broker could not keep it" });
    } else this.#settle(tag, unknown(this.#reason || reasonOf(error)));
  }

  #settle(tag: string, outcome: Outcome): void {
    const pending = this.#pending.get(tag);
    this.#pending.delete(tag);
    pending?.settle(outcome);
    if (this.#pending.size > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #resume(): void {
    this.#drained = undefined;
    this.#drain();
  }
}

/** The outcome of a message of which no answer tells. */
export function unknown(detail: string): Outcome {
  return { kind: "unknown", detail: detail || "the connection was lost before an answer came" };
}
