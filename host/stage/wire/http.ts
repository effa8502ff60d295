/**
 * What a sandbox asks of the service `http`, and what it is answered: the heads of messages.
 *
 * A request has a number of its sandbox's making. Its body is sent in pieces after it, and that of its response is read in
 * pieces; each question has one answer.
 *
 * @module
 */

/** A header; the value is a text of bytes. */
export type WireField = readonly [name: string, value: string];

/** A question. */
export type HttpQuestion =
  & {
    /** Number of the request. */
    readonly request: number;
    /** Requests of which nothing is wanted any more. */
    readonly closed?: readonly number[];
  }
  & (
    | HttpSend
    /** The bytes of the message are the next piece of the request's body. */
    | { readonly verb: "write" }
    /** The body of the request is complete. */
    | { readonly verb: "finish" }
    /** The body of the request will never be complete. */
    | { readonly verb: "break" }
    /** Asks for the next piece of the response's body. */
    | { readonly verb: "read" }
  );

/** Sends a request; answered when the head of the response is there. */
export interface HttpSend {
  readonly verb: "send";
  readonly method: string;
  readonly url: string;
  readonly headers: readonly WireField[];
  /** `whole`: the bytes of the message are the body. `pieces`: they are the first piece. */
  readonly body: "none" | "whole" | "pieces";
  readonly connectMs?: number;
  readonly firstByteMs?: number;
  readonly betweenBytesMs?: number;
}

/** A case of `wasi:http/types.error-code`; what is a 64-bit number there is a text. */
export interface WireErrorCode {
  readonly tag: string;
  readonly val?: unknown;
}

/** An answer. Its bytes are a piece of a response's body. */
export interface HttpAnswer {
  /** Of a response. */
  readonly status?: number;
  readonly headers?: readonly WireField[];
  /** The body of the response is at its end. */
  readonly done?: true;
  /** What became of it instead. */
  readonly error?: { readonly code: WireErrorCode; readonly message: string };
  /** The hop is to end with that. */
  readonly stopped?: {
    readonly code: "troupe.EgressBytes" | "troupe.HostCallLimit";
    readonly message: string;
  };
}

/** Bytes of a body that one message has at most. */
export const PIECE_BYTES = 256 * 1024;
