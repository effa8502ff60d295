/**
 * What can be wrong with a bucket. No message has a key of its owner in it.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";

/** An address that names no bucket that could be used. It is not repeated: somebody may have written a secret into it. */
export class BucketAddressError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      "troupe.BucketAddress",
      "user",
      `The address of the objects cannot be used: ${problem}. Write s3://BUCKET/PREFIX?region=REGION, and for another ` +
        "server than Amazon's &endpoint=https://HOST",
      options,
    );
  }
}

/** A server that has no such bucket. */
export class BucketMissingError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.BucketMissing",
      "user",
      `There is no bucket ${where}: ${problem}. Make it, or correct --objects`,
      options,
    );
  }
}

/** A server that does not let us do what we have to. */
export class BucketDeniedError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.BucketDenied",
      "user",
      `The bucket ${where} may not be used: ${problem}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; ` +
        "whose they are has to be allowed to list the bucket, and to get, put and delete its objects",
      options,
    );
  }
}

/** A server that does not answer, or not as one of its kind does. */
export class BucketUnavailableError extends TroupeError {
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.BucketUnavailable",
      "system",
      `The bucket ${where} cannot be reached: ${problem}. See that its server runs and that endpoint and region are ` +
        "its own, and try again",
      options,
    );
  }
}
