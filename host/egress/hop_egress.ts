/**
 * The requests of one hop: each checked, all of them counted together.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { IncomingMessage } from "node:http";
import { within } from "./_within.ts";
import { connect } from "./connect.ts";
import { EgressError } from "./errors.ts";
import { exchange } from "./exchange.ts";
import { bytesOfFields, checkRequestFields, checkResponseFields, type Field } from "./fields.ts";
import { type Injected, withInjected } from "./injected.ts";
import type { EgressLimits } from "./limits.ts";
import { matchRule, methodOf } from "./match.ts";
import { redactText } from "./redact.ts";
import { checkedAddresses, type Resolve } from "./resolve.ts";
import { bodyTooLarge, responseBody } from "./response_body.ts";
import type { HttpRule } from "../http_rule.ts";
import { authorityOf, parseTarget } from "./target.ts";

/** A request of an actor. */
export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  /** @default none */
  readonly headers?: readonly Field[];
  /** Taken piece by piece, as the server takes it. @default none */
  readonly body?: AsyncIterable<Uint8Array>;
  /** Shorter than what the limits say, in milliseconds. @default what they say */
  readonly connectMs?: number;
  /** For the head of the response, in milliseconds. @default what the limits say of silence */
  readonly firstByteMs?: number;
  /** For each piece of a body, in milliseconds. @default what the limits say of silence */
  readonly betweenBytesMs?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** The response. A redirect is one like any other: whoever follows it sends a request, which is checked. */
export interface EgressResponse {
  readonly status: number;
  /** Names in lower case; without those of the connection. */
  readonly headers: readonly Field[];
  /** Has to be read to its end or cancelled: until then the request is pending. */
  readonly body: ReadableStream<Uint8Array>;
}

/** What the requests of all hops of an actor have in common. */
export interface EgressSetting {
  readonly rules: readonly HttpRule[];
  readonly injected: ReadonlyMap<HttpRule, Injected>;
  readonly limits: EgressLimits;
  readonly resolve: Resolve;
  readonly caCerts: readonly string[];
}

const NOTHING: Injected = { fields: [], secrets: [] };

/** The requests of one hop. */
export class HopEgress {
  readonly #setting: EgressSetting;
  readonly #pending = new Set<AbortController>();
  #requests = 0;
  #bytes = 0;
  #closed = false;

  constructor(setting: EgressSetting) {
    this.#setting = setting;
  }

  /** Bytes sent and received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Requests that are not done. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request, if the grant allows it.
   *
   * @returns The response, when its head is there.
   * @throws {EgressError}
   */
  async request(request: EgressRequest): Promise<EgressResponse> {
    const { limits } = this.#setting;
    this.#begin();
    const ending = new AbortController();
    this.#pending.add(ending);
    const timer = setTimeout(() => ending.abort(tooLong(limits.requestMs)), limits.requestMs);
    const end = () => ending.abort(ended());
    request.signal?.addEventListener("abort", end);
    if (request.signal?.aborted) end();
    const done = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", end);
      this.#pending.delete(ending);
      end();
    };
    try {
      return await this.#send(request, { ending, done });
    } catch (error) {
      done();
      throw error;
    }
  }

  /** Ends all requests that are not done, and lets no other begin. */
  close(): void {
    this.#closed = true;
    for (const ending of this.#pending) ending.abort(ended());
  }

  #begin(): void {
    const { requests, pending } = this.#setting.limits;
    if (this.#closed) throw ended();
    const problem = ++this.#requests > requests
      ? `sent more than ${requests} requests (limits.requests)`
      : this.#pending.size >= pending
      ? `has more than ${pending} requests at the same time: read their responses to the end, or let go of them`
      : undefined;
    if (problem) {
      throw new EgressError("troupe.EgressLimit", "connection-limit-reached", {
        message: `one hop ${problem}`,
      });
    }
  }

  async #send(
    request: EgressRequest,
    { ending, done }: { readonly ending: AbortController; readonly done: () => void },
  ): Promise<EgressResponse> {
    const { rules, injected, limits, resolve, caCerts } = this.#setting;
    const { signal } = ending;
    const method = methodOf(request.method);
    const target = parseTarget(request.url);
    const rule = matchRule(rules, { method, target });
    const { fields, length } = checkRequestFields(request.headers ?? [], limits);
    if (length !== undefined && length > limits.requestBytes) throw requestTooLarge(length, limits);
    const own = injected.get(rule) ?? NOTHING;
    const host: Field = ["host", authorityOf(target)];
    const all = [host, ...withInjected(fields, own), ["connection", "close"] as const];
    const path = target.path + target.query;
    this.#spend(method.length + path.length + bytesOfFields(all));

    const connectMs = Math.min(request.connectMs ?? Infinity, limits.connectMs);
    const betweenBytesMs = Math.min(request.betweenBytesMs ?? Infinity, limits.silenceMs);
    const from = Date.now();
    const late = () =>
      new EgressError("troupe.EgressTimeout", "DNS-timeout", {
        message: `${target.host} is not resolved in time`,
      });
    const checked = checkedAddresses(target, { rule, resolve });
    const addresses = await within(checked, { signal, timeoutMs: connectMs, late });
    const timeoutMs = connectMs - (Date.now() - from);
    const socket = await connect(target, { addresses, signal, timeoutMs, caCerts });
    endWith(socket, signal);

    let sent = 0;
    const response = await exchange({ method, path, fields: all, length, body: request.body }, {
      socket,
      signal,
      headerBytes: limits.headerBytes,
      firstByteMs: Math.min(request.firstByteMs ?? Infinity, limits.silenceMs),
      betweenBytesMs,
      sending: (bytes) => {
        sent += bytes;
        if (sent > limits.requestBytes) throw requestTooLarge(sent, limits);
        this.#spend(bytes);
      },
      onError: (error) => ending.abort(error),
    });
    const headers = this.#headersOf(response, own.secrets);
    requireLength(response, { method, limits });
    const body = responseBody(response, {
      signal,
      responseBytes: limits.responseBytes,
      betweenBytesMs,
      secrets: own.secrets,
      receiving: (bytes) => this.#spend(bytes),
      onDone: done,
    });
    return { status: response.statusCode as number, headers, body };
  }

  #headersOf({ rawHeaders }: IncomingMessage, secrets: readonly string[]): Field[] {
    const fields: Field[] = [];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      fields.push([rawHeaders[at] as string, rawHeaders[at + 1] as string]);
    }
    this.#spend(bytesOfFields(fields));
    return checkResponseFields(fields, this.#setting.limits)
      .map(([name, value]): Field => [redactText(name, secrets), redactText(value, secrets)]);
  }

  #spend(bytes: number): void {
    const { egressBytes } = this.#setting.limits;
    this.#bytes += bytes;
    if (this.#bytes <= egressBytes) return;
    throw new EgressError("troupe.EgressBytes", "HTTP-request-denied", {
      message: `the requests and responses of one hop have more than ${egressBytes} bytes: raise ` +
        "limits.egressBytes, or send and ask for less",
    });
  }
}

/** Closes a socket with a signal. */
function endWith(socket: Socket, signal: AbortSignal): void {
  // Whoever waits on it is told by the signal.
  socket.on("error", () => {});
  const end = () => void socket.destroy();
  signal.addEventListener("abort", end);
  socket.once("close", () => signal.removeEventListener("abort", end));
  if (signal.aborted) end();
}

function requireLength(
  { headers, statusCode }: IncomingMessage,
  { method, limits }: { readonly method: string; readonly limits: EgressLimits },
): void {
  const length = Number(headers["content-length"] ?? 0);
  if (method === "HEAD" || statusCode === 304 || length <= limits.responseBytes) return;
  throw bodyTooLarge(length, limits.responseBytes);
}

function requestTooLarge(bytes: number, { requestBytes }: EgressLimits): EgressError {
  return new EgressError("troupe.EgressLimit", { tag: "HTTP-request-body-size", val: BigInt(bytes) }, {
    message: `the body of a request has ${bytes} bytes or more: ${requestBytes} are let out at most ` +
      "(limits.requestBytes)",
  });
}

function tooLong(requestMs: number): EgressError {
  return new EgressError("troupe.EgressTimeout", "HTTP-response-timeout", {
    message: `a request and its response took longer than ${requestMs} ms (limits.requestTimeout)`,
  });
}

function ended(): EgressError {
  return new EgressError("troupe.EgressFailed", "connection-terminated", {
    message: "the request was ended, as its hop is over or let go of it",
  });
}
