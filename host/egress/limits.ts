/**
 * Bounds of what an actor sends and gets.
 *
 * @module
 */

import { DEFAULT_LIMITS } from "../limits.ts";
import type { FieldBounds } from "./fields.ts";

const KIB = 1024;

/** Bounds of requests. Reaching one ends that request; `egressBytes` ends all of its hop. */
export interface EgressLimits extends FieldBounds {
  /** Headers of a request, and of a response. @default 128 */
  readonly headers: number;
  /** Bytes of the headers of a request, and of a response. @default 32 KiB */
  readonly headerBytes: number;
  /** Bytes of the body of one request. @default 16 MiB */
  readonly requestBytes: number;
  /** Bytes of the body of one response. @default 64 MiB */
  readonly responseBytes: number;
  /** Bytes of all requests and responses of one hop, headers included. @default 128 MiB */
  readonly egressBytes: number;
  /** Requests of one hop. @default 1000 */
  readonly requests: number;
  /**
   * Requests of one hop that are not done at the same time: a response is done when its body was read or let go.
   * @default 16
   */
  readonly pending: number;
  /** From the request to a connection: name, addresses and TLS, in milliseconds. @default 10 s */
  readonly connectMs: number;
  /**
   * From the end of the request to the head of the response, and without a byte of a body coming or being taken by the
   * server, in milliseconds.
   * @default 60 s
   */
  readonly silenceMs: number;
  /** All of a request and its response, in milliseconds. @default 5 min */
  readonly requestMs: number;
}

/** The bounds that hold where nothing else is said. */
export const DEFAULT_EGRESS_LIMITS: EgressLimits = {
  headers: 128,
  headerBytes: 32 * KIB,
  requestBytes: DEFAULT_LIMITS.requestBytes,
  responseBytes: DEFAULT_LIMITS.responseBytes,
  egressBytes: DEFAULT_LIMITS.egressBytes,
  requests: DEFAULT_LIMITS.requests,
  pending: 16,
  connectMs: 10_000,
  silenceMs: 60_000,
  requestMs: DEFAULT_LIMITS.requestMs,
};
