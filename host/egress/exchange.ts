/**
 * One request and its response, on a connection of their own.
 *
 * A connection is never used twice: what one server answers to one hop cannot become part of another answer, and every
 * request has its addresses checked. That costs a handshake each.
 *
 * @module
 */

import { type ClientRequest, type IncomingMessage, request as startRequest } from "node:http";
import type { Socket } from "node:net";
import { untilAborted, within } from "./_within.ts";
import { EgressError } from "./errors.ts";
import type { Field } from "./fields.ts";

/** What is sent, all of it checked. */
export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Without those that say how long the body is. */
  readonly fields: readonly Field[];
  /** Length of the body, if it was said. */
  readonly length: number | undefined;
  readonly body: AsyncIterable<Uint8Array> | undefined;
}

/** How it is sent. */
export interface ExchangeOptions {
  readonly socket: Socket;
  /** Ends it; whoever aborts it destroys the socket. */
  readonly signal: AbortSignal;
  readonly headerBytes: number;
  /** From the end of the request to the head of the response, in milliseconds. */
  readonly firstByteMs: number;
  /** For the server to take a piece of the body, in milliseconds. */
  readonly betweenBytesMs: number;
  /** Called with each piece of the body before it is sent; throws when it is too much. */
  readonly sending: (bytes: number) => void;
  /** Called when the request cannot go on although its response has come already. */
  readonly onError: (error: unknown) => void;
}

/** Answers before the real one that a server may send. */
const MOST_INTERIM = 8;

/**
 * Sends a request.
 *
 * @returns The response, when its head is there. The body of the request may still be on its way.
 * @throws {EgressError} when none comes.
 */
export async function exchange(outgoing: Outgoing, options: ExchangeOptions): Promise<IncomingMessage> {
  const { body, length } = outgoing;
  const pieces = body?.[Symbol.asyncIterator]();
  // Whether there is a body at all is known with its first piece, and the head says it.
  const first = await firstPiece(pieces, options);
  if (first === undefined && length !== undefined && length > 0) throw otherLength(0, length);
  const { socket, headerBytes } = options;
  const request = startRequest({
    createConnection: () => socket,
    method: outgoing.method,
    path: outgoing.path,
    headers: [...outgoing.fields, ...framing(outgoing, first)].flat(),
    setHost: false,
    maxHeaderSize: headerBytes,
  });
  const head = headOf(request);
  // The one who waits is told of it; nobody may wait any more.
  head.catch(() => {});
  const sent = send(request, { ...options, first, pieces, length });
  sent.catch(options.onError).finally(() => pieces?.return?.().catch(() => {}));
  const late = () => timeout("HTTP-response-timeout", "the server does not answer in time");
  const answered = sent.then(() => within(head, { ...options, timeoutMs: options.firstByteMs, late }));
  // A server may answer before it has the whole request.
  return await Promise.race([head, answered]).catch((error) => {
    throw options.signal.aborted ? options.signal.reason : exchangeError(error);
  });
}

async function firstPiece(
  pieces: AsyncIterator<Uint8Array> | undefined,
  { signal }: ExchangeOptions,
): Promise<Uint8Array | undefined> {
  for (;;) {
    const piece = pieces && await nextPiece(pieces, signal);
    if (!piece || piece.length > 0) return piece;
  }
}

/** The next piece of the actor's body; undefined at its end. */
async function nextPiece(
  pieces: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await untilAborted(pieces.next(), signal);
    return done ? undefined : value;
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw failed("connection-terminated", "the body of the request broke off", cause);
  }
}

/** The headers that say how long the body is. */
function framing({ method, length }: Outgoing, first: Uint8Array | undefined): Field[] {
  if (length !== undefined) return [["content-length", String(length)]];
  if (first) return [["transfer-encoding", "chunked"]];
  return ["POST", "PUT", "PATCH"].includes(method) ? [["content-length", "0"]] : [];
}

interface Sending extends ExchangeOptions {
  readonly first: Uint8Array | undefined;
  readonly pieces: AsyncIterator<Uint8Array> | undefined;
  readonly length: number | undefined;
}

async function send(request: ClientRequest, { first, pieces, length, ...options }: Sending): Promise<void> {
  let sent = 0;
  const late = () => timeout("connection-write-timeout", "the server does not take the request in time");
  for (let piece = first; piece && pieces;) {
    sent += piece.length;
    if (length !== undefined && sent > length) throw otherLength(sent, length);
    options.sending(piece.length);
    if (piece.length > 0) {
      const taken = await within(written(request, piece), {
        ...options,
        timeoutMs: options.betweenBytesMs,
        late,
      });
      if (!taken) return;
    }
    piece = await nextPiece(pieces, options.signal);
  }
  if (length !== undefined && sent !== length) throw otherLength(sent, length);
  request.end();
}

/**
 * Writes a piece, and waits until the system has taken it.
 *
 * @returns Whether it was taken. It is not when the server closes the connection, which it may do after its response: that,
 *   or its absence, is seen elsewhere.
 */
function written(request: ClientRequest, piece: Uint8Array): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  request.write(piece, (error) => resolve(!error));
  return promise;
}

function headOf(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let interim = 0;
  request.on("information", () => {
    if (++interim > MOST_INTERIM) request.destroy(new Error("the server sends interim answers without end"));
  });
  request.once("response", resolve);
  request.once("upgrade", () => {
    reject(failed("HTTP-upgrade-failed", "the server changes to another protocol, which was not asked for"));
    request.destroy();
  });
  request.on("error", reject);
  request.once("close", () => reject(failed("connection-terminated", "the server closed the connection")));
  return promise;
}

/** What becomes of an error of Node's. */
export function exchangeError(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = `the exchange with the server broke off: ${
    error instanceof Error ? error.message : String(error)
  }`;
  if (code === "HPE_HEADER_OVERFLOW") {
    const tag = "HTTP-response-header-section-size";
    return new EgressError("troupe.EgressLimit", { tag, val: undefined }, {
      message: "the headers of the response are larger than is let in",
    });
  }
  // The parser's errors carry what the server sent.
  const cause = code.startsWith("HPE_") ? undefined : error;
  const broken = code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
  const tag = broken ? "connection-terminated" : "HTTP-protocol-error";
  return new EgressError("troupe.EgressFailed", tag, { message, cause });
}

function otherLength(sent: number, length: number): EgressError {
  return new EgressError("troupe.EgressDenied", { tag: "HTTP-request-body-size", val: BigInt(length) }, {
    message: `the header content-length says ${length} and the body has ${sent} bytes${
      sent > length ? " or more" : ""
    }`,
  });
}

function failed(
  tag: "HTTP-upgrade-failed" | "connection-terminated",
  message: string,
  cause?: unknown,
): EgressError {
  return new EgressError("troupe.EgressFailed", tag, { message, cause });
}

/** A server that was too slow. */
export function timeout(
  tag: "HTTP-response-timeout" | "connection-write-timeout" | "connection-read-timeout",
  message: string,
): EgressError {
  return new EgressError("troupe.EgressTimeout", tag, { message });
}
