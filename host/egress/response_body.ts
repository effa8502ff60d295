/**
 * The body of a response: read no faster than it is taken, counted, and cut where it is too much.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { within } from "./_within.ts";
import { EgressError } from "./errors.ts";
import { exchangeError, timeout } from "./exchange.ts";
import { Redactor } from "./redact.ts";

/** How a body is read. */
export interface BodyOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Most bytes. */
  readonly responseBytes: number;
  /** For the next bytes, in milliseconds. */
  readonly betweenBytesMs: number;
  /** Values that are covered. */
  readonly secrets: readonly string[];
  /** Called with each piece before it is given on; throws when it is too much. */
  readonly receiving: (bytes: number) => void;
  /** Called once: the body is at its end, was let go, or failed. */
  readonly onDone: () => void;
}

/** The body of a response, as a stream. */
export function responseBody(response: IncomingMessage, options: BodyOptions): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  const redactor = options.secrets.length > 0 ? new Redactor(options.secrets) : undefined;
  let received = 0;
  const late = () =>
    timeout("connection-read-timeout", "the server does not go on with its response in time");
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await within(pieces.next(), {
      ...options,
      timeoutMs: options.betweenBytesMs,
      late,
    });
    if (done) {
      if (!response.complete) throw incomplete();
      return undefined;
    }
    received += value.length;
    if (received > options.responseBytes) throw bodyTooLarge(received, options.responseBytes);
    options.receiving(value.length);
    return value;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        for (;;) {
          const piece = await next();
          const passed = piece === undefined ? redactor?.end() : redactor ? redactor.push(piece) : piece;
          if (passed && passed.length > 0) controller.enqueue(passed);
          if (piece === undefined) {
            options.onDone();
            return controller.close();
          }
          if (passed && passed.length > 0) return;
        }
      } catch (error) {
        const failure = options.signal.aborted ? options.signal.reason : bodyError(error);
        options.onDone();
        throw failure;
      }
    },
    cancel: options.onDone,
  }, { highWaterMark: 0 });
}

/** A body that is larger than the bounds, by what its head or its bytes say. */
export function bodyTooLarge(bytes: number, most: number): EgressError {
  return new EgressError("troupe.EgressLimit", { tag: "HTTP-response-body-size", val: BigInt(bytes) }, {
    message: `the body of the response has ${bytes} bytes or more: ${most} are let in at most ` +
      "(limits.responseBytes)",
  });
}

function incomplete(cause?: unknown): EgressError {
  return new EgressError("troupe.EgressFailed", "HTTP-response-incomplete", {
    message: "the server broke off within the body of its response",
    cause,
  });
}

function bodyError(error: unknown): EgressError {
  const mapped = exchangeError(error);
  return mapped.http.tag === "connection-terminated" ? incomplete(error) : mapped;
}
