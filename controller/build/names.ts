/**
 * Names of what is made for an actor. An actor's name has up to 63 characters, and so have most names of Kubernetes: a name
 * that would be longer is cut, and ends with a hash of all of it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { OWN_PREFIX } from "../scaling_resource.ts";

/** In whose name the controller applies objects; the API server keeps account of its fields by it. */
export const FIELD_MANAGER = "troupe-controller";

/** The longest name, and the longest value of a label. */
const LONGEST = 63;
const HASH_DIGITS = 10;
const HASHED = new RegExp(`-[0-9a-f]{${HASH_DIGITS}}$`);

/**
 * The name of the objects of an actor, one of each kind.
 *
 * @example
 * ```ts
 * import { objectName } from "@troupe/controller/build";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(objectName("split"), "troupe-split");
 * assertEquals(objectName("a".repeat(63)).length, 63);
 * ```
 */
export function objectName(actor: string): string {
  return shortened(`${OWN_PREFIX}${actor}`);
}

/** How much of a component's digest is in the name of its ConfigMap. */
const DIGEST_DIGITS = 16;

/**
 * The name of the ConfigMap in which `troupe deploy` puts a small component: another component has another name. It is no
 * name that {@linkcode objectName} gives.
 *
 * @param sha256 SHA-256 of the component, in hex.
 */
export function componentName(actor: string, sha256: string): string {
  return shortened(`component-${actor}-${sha256.slice(0, DIGEST_DIGITS)}`);
}

/**
 * A name of up to 63 characters. No two names become the same: one that happens to look like a shortened one is shortened
 * as well.
 */
function shortened(name: string): string {
  const looksShortened = name.length === LONGEST && HASHED.test(name);
  if (name.length <= LONGEST && !looksShortened) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS);
  return `${name.slice(0, LONGEST - HASH_DIGITS - 1)}-${hash}`;
}
