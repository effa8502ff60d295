/**
 * From an address to what is needed to reach a bucket:
 * `s3://BUCKET/PREFIX?region=REGION&endpoint=https://HOST:PORT&style=path`.
 *
 * Who asks for it stands elsewhere: in the environment (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, …), in the files that all
 * programs of this kind share, or in what the machine gives to what runs on it.
 *
 * @module
 */

import { z } from "zod";
import { AddressReader, type Environment } from "../../address.ts";
import { BucketAddressError } from "./errors.ts";

/** Where a bucket is, and what of it is ours. */
export interface BucketAddress {
  readonly bucket: string;
  /** What our keys begin with, without a slash at its end; may be empty. */
  readonly prefix: string;
  /** URL of a server that is not Amazon's. @default Amazon's in the region */
  readonly endpoint?: string;
  /** @default what the profile in the shared files says */
  readonly region?: string;
  /** Whether the bucket is named in the path of a URL, and not in its host. */
  readonly pathStyle: boolean;
}

const READER = new AddressReader((problem, options) => new BucketAddressError(problem, options));

/** An `@` has no place: what is before it would be a secret. */
const SHAPE = /^s3:\/\/([^@/?#]*)(?:\/([^@?#]*))?(?:\?([^#]*))?$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** A key has up to 1024 bytes, and most of them are for what comes after. */
const LONGEST_PREFIX = 200;

const Settings = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/, error: "is no http or https URL" })
    .refine((url) => !url.includes("@") && !/[?#]/.test(url), "holds more than a host, a port and a path")
    .transform((url) => url.replace(/\/+$/, "")).optional(),
  region: z.string().regex(/^[a-z0-9-]{1,63}$/, "is no name of a region, such as eu-central-1").optional(),
  style: z.enum(["path", "virtual"], "is not path or virtual").optional(),
});

/**
 * Reads an address.
 *
 * @param address The address.
 * @param env Where the region comes from that is not in it. @default the process's environment
 * @throws {BucketAddressError} when it cannot be used; the message does not repeat it.
 *
 * @example
 * ```ts
 * import { parseBucketAddress } from "@troupe/host/crew/objects/address";
 * import { assertEquals } from "@std/assert";
 *
 * const { bucket, prefix, region, pathStyle } = parseBucketAddress("s3://shop/mesh?region=eu-central-1");
 * assertEquals([bucket, prefix, region, pathStyle], ["shop", "mesh", "eu-central-1", false]);
 * ```
 */
export function parseBucketAddress(
  address: string,
  env: Environment = (name) => Deno.env.get(name),
): BucketAddress {
  const parts = SHAPE.exec(address);
  if (!parts) {
    throw new BucketAddressError(
      "it has not the form of one (keys of an account do not belong into it: they come from AWS_ACCESS_KEY_ID and " +
        "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE)",
    );
  }
  const [, bucket = "", path = "", query = ""] = parts;
  if (!BUCKET.test(bucket)) {
    throw new BucketAddressError(
      "what it names is no bucket: 3 to 63 small letters, digits, dots and dashes",
    );
  }
  const { endpoint, style, ...settings } = READER.settings(query, Settings);
  // Other servers do not look at it, but want one.
  const region = settings.region ?? env("AWS_REGION") ?? env("AWS_DEFAULT_REGION") ??
    (endpoint === undefined ? undefined : "us-east-1");
  return {
    bucket,
    prefix: readPrefix(path),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    pathStyle: style === undefined ? endpoint !== undefined : style === "path",
  };
}

/** A bucket as it is shown to people: `BUCKET/PREFIX at HOST`. */
export function bucketName({ bucket, prefix, endpoint, region }: BucketAddress): string {
  const where = endpoint === undefined ? region && `in ${region}` : `at ${new URL(endpoint).host}`;
  return [`s3://${[bucket, prefix].filter(Boolean).join("/")}`, where].filter(Boolean).join(" ");
}

function readPrefix(path: string): string {
  const prefix = READER.decode(path, "its prefix").replace(/\/$/, "");
  if (prefix === "") return "";
  if (prefix.split("/").some((part) => /^\.{0,2}$/.test(part)) || !/^[\w!.*'()/-]+$/.test(prefix)) {
    throw new BucketAddressError(
      "its prefix is none: names of letters, digits and !-_.*'(), with one / between two of them",
    );
  }
  if (prefix.length > LONGEST_PREFIX) {
    throw new BucketAddressError(`its prefix is longer than ${LONGEST_PREFIX} characters`);
  }
  return prefix;
}
