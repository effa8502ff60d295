/**
 * What can become of a request. Each error carries what `wasi:http` calls it, for the guest that sent the request.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** The cases of `wasi:http/types.error-code` that requests end in here, as glue takes them. */
export type HttpErrorCode =
  | { readonly tag: PlainCase }
  | {
    readonly tag: "DNS-error";
    readonly val: { readonly rcode: string | undefined; readonly infoCode: number | undefined };
  }
  | { readonly tag: "HTTP-request-body-size" | "HTTP-response-body-size"; readonly val: bigint | undefined }
  | {
    readonly tag: "HTTP-request-header-section-size" | "HTTP-response-header-section-size";
    readonly val: number | undefined;
  }
  | { readonly tag: "internal-error"; readonly val: string | undefined };

/** Those without a value. */
export type PlainCase =
  | "DNS-timeout"
  | "destination-not-found"
  | "destination-unavailable"
  | "destination-IP-prohibited"
  | "destination-IP-unroutable"
  | "connection-refused"
  | "connection-terminated"
  | "connection-timeout"
  | "connection-read-timeout"
  | "connection-write-timeout"
  | "connection-limit-reached"
  | "TLS-protocol-error"
  | "TLS-certificate-error"
  | "HTTP-request-denied"
  | "HTTP-request-method-invalid"
  | "HTTP-request-URI-invalid"
  | "HTTP-request-URI-too-long"
  | "HTTP-response-incomplete"
  | "HTTP-response-timeout"
  | "HTTP-upgrade-failed"
  | "HTTP-protocol-error";

/** What an {@linkcode EgressError} can have as its code. */
export type EgressErrorCode =
  /** No entry of the grant allows it, or it has a form that is never sent. */
  | "troupe.EgressDenied"
  /** The name led to addresses only that are not public, and not listed. */
  | "troupe.EgressAddress"
  /** A part of the request or of the response was larger, or there were more of them, than the bounds allow. */
  | "troupe.EgressLimit"
  /** The requests of one hop came to more bytes than `limits.egressBytes`. */
  | "troupe.EgressBytes"
  /** The server took too long. */
  | "troupe.EgressTimeout"
  /** The server could not be reached, or does not speak as it should; or the request was ended. */
  | "troupe.EgressFailed";

/** A request that was refused, or failed. Its message never holds the value of an injected header. */
export class EgressError extends TroupeError {
  /** What the guest is told. */
  readonly http: HttpErrorCode;

  /**
   * @param code Says what became of it.
   * @param http The same for the guest; a text stands for a case without a value.
   */
  constructor(
    code: EgressErrorCode,
    http: HttpErrorCode | PlainCase,
    { message, cause }: { readonly message: string; readonly cause?: unknown },
  ) {
    const family = code === "troupe.EgressFailed" || code === "troupe.EgressTimeout" ? "system" : "user";
    super(code, family, message, cause === undefined ? undefined : { cause });
    this.http = typeof http === "string" ? { tag: http } : http;
  }
}

/** A request that is not sent. */
export function denied(message: string, http: PlainCase = "HTTP-request-denied"): EgressError {
  return new EgressError("troupe.EgressDenied", http, { message });
}

/** The value of an injected header is not there, or cannot be one. */
export class InjectedHeaderError extends TroupeError {
  /** @param message Never holds the value. */
  constructor(message: string, options?: ErrorOptions) {
    super("troupe.EgressSecret", "user", message, options);
  }
}
