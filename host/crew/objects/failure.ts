/**
 * What an error of the client means: what there is to do about it, and what it is for people.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";
import { BucketDeniedError, BucketMissingError, BucketUnavailableError } from "./errors.ts";

/**
 * - `absent`: there is no such object. That alone means so: an object is not gone because a server, or what stands before
 *   it, answers with 404 for another reason.
 * - `bucket`: there is no such bucket.
 * - `denied`: nobody is known by these keys, or may do this.
 * - `passing`: everything else; the same can be tried again.
 */
export type FailureKind = "absent" | "bucket" | "denied" | "passing";

/** By the names that servers give to errors. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ["NoSuchKey", "absent"],
  ["NoSuchBucket", "bucket"],
  ["AccessDenied", "denied"],
  ["AccountProblem", "denied"],
  ["AllAccessDisabled", "denied"],
  ["CredentialsProviderError", "denied"],
  ["ExpiredToken", "denied"],
  ["InvalidAccessKeyId", "denied"],
  ["InvalidToken", "denied"],
  ["SignatureDoesNotMatch", "denied"],
  ["TokenProviderError", "denied"],
  ["TokenRefreshRequired", "denied"],
  // What versitygw says where others say InvalidAccessKeyId.
  ["XAdminUserNotFound", "denied"],
]);

/** An error of a bucket, as it is known within the store. The client's own is not kept: it has parts of the request. */
export class BucketFailure extends Error {
  override readonly name = "BucketFailure";
  readonly kind: FailureKind;

  /** @param cause What the client threw. */
  constructor(cause: unknown) {
    const { name, statusCode } = partsOf(cause);
    super(messageOf(cause, name));
    this.kind = KINDS.get(name) ?? (statusCode === 401 || statusCode === 403 ? "denied" : "passing");
  }

  /** The error for people. @param where The bucket as it is shown to them. */
  toError(where: string): TroupeError {
    const options = { cause: this };
    if (this.kind === "bucket") return new BucketMissingError(where, this.message, options);
    if (this.kind === "denied") return new BucketDeniedError(where, this.message, options);
    return new BucketUnavailableError(where, this.message, options);
  }
}

function partsOf(error: unknown): { readonly name: string; readonly statusCode: number | undefined } {
  const { name, $metadata } = (error ?? {}) as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const code = $metadata?.httpStatusCode;
  return { name: String(name), statusCode: typeof code === "number" ? code : undefined };
}

function messageOf(error: unknown, name: string): string {
  // Where a name has several addresses, what went wrong with each of them.
  if (error instanceof AggregateError) return error.errors.map((each) => messageOf(each, "Error")).join("; ");
  if (name === "TimeoutError") return "it did not answer in time";
  if (error instanceof TypeError && error.cause instanceof Error) {
    // What the runtime says of a connection: without the request.
    return error.cause.message.replace(/^error sending request .*?: client error \(\w+\): /, "");
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(/\.\s*$/, "");
  if (message === "" || message === "UnknownError") return name === "Error" ? "the connection failed" : name;
  return /^(Error|TypeError|AbortError)$/.test(name) ? message : `${name}: ${message}`;
}
