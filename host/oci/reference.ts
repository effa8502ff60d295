/**
 * Names of artifacts in an OCI registry: `REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]`.
 *
 * @module
 */

import { OciReferenceError } from "./errors.ts";

/** Registry and repository. The registry is always said; a name without one means no particular registry here. */
export const NAME_PATTERN = "[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(:[0-9]{1,5})?" +
  "(/[a-z0-9]+([._-]+[a-z0-9]+)*)+";
/** A tag. */
export const TAG_PATTERN = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
/** A digest. Others than SHA-256 are in the standard, and in no registry. */
export const DIGEST_PATTERN = "sha256:[0-9a-f]{64}";
/** Most characters of a reference. */
export const MOST_REFERENCE = 640;

/** A reference in its parts. */
export interface OciReference {
  /** Host, and its port if one is said: `registry.example.com:5000`. */
  readonly registry: string;
  /** Such as `shop/split`. */
  readonly repository: string;
  readonly tag?: string;
  /** Of the manifest: `sha256:` and 64 hex digits. */
  readonly digest?: string;
}

const WHOLE = new RegExp(
  `^(?<name>${NAME_PATTERN})(:(?<tag>${TAG_PATTERN}))?(@(?<digest>${DIGEST_PATTERN}))?$`,
);

/**
 * Reads a reference.
 *
 * @throws {OciReferenceError} when it is none.
 *
 * @example
 * ```ts
 * import { parseReference } from "@troupe/host/oci/reference";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseReference("registry.example.com:5000/shop/split:v1"), {
 *   registry: "registry.example.com:5000",
 *   repository: "shop/split",
 *   tag: "v1",
 * });
 * ```
 */
export function parseReference(text: string): OciReference {
  const { name, tag, digest } = (text.length > MOST_REFERENCE ? null : WHOLE.exec(text))?.groups ?? {};
  if (name === undefined) throw new OciReferenceError(text, problemOf(text));
  const at = name.indexOf("/");
  const registry = name.slice(0, at);
  // Such as a port that is none, or digits that are no address.
  if (!URL.canParse(`https://${registry}/`)) {
    throw new OciReferenceError(text, `${registry} is no host and port`);
  }
  return {
    registry,
    repository: name.slice(at + 1),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** A reference as text. */
export function writeReference({ registry, repository, tag, digest }: OciReference): string {
  return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${
    digest === undefined ? "" : `@${digest}`
  }`;
}

function problemOf(text: string): string {
  if (text.length > MOST_REFERENCE) return `it has more than ${MOST_REFERENCE} characters`;
  if (/^[a-z]+:\/\//.test(text)) return "it begins with a scheme; leave that out";
  if (!text.includes("/")) return "it has no registry before a slash";
  if (/^[^/]*@/.test(text)) {
    return "it begins with credentials; leave them out, and sign in with docker login";
  }
  if (text.includes("@") && !new RegExp(`@${DIGEST_PATTERN}$`).test(text)) {
    return "behind the @ there is no sha256: with 64 hex digits";
  }
  if (/^[^:@]*\/[^:@]*[A-Z]/.test(text)) return "a repository's name has no capitals";
  return "it does not have that form";
}
