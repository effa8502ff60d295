/**
 * Identities: the same hop, run again, makes the same ids.
 *
 * @module
 */

import { generate } from "@std/uuid/v5";

/** The namespace of every id that the mesh derives (UUIDv5, RFC 9562). Part of the protocol: it never changes. */
export const TROUPE_NAMESPACE = "8d3d9f0a-6c1e-5b7e-9a54-2f7c1b0e4d63";

/** UUIDv5 of the JSON text of some parts. */
export function deriveId(parts: readonly (string | number)[]): Promise<string> {
  return generate(TROUPE_NAMESPACE, new TextEncoder().encode(JSON.stringify(parts)));
}

/** Which emit of which hop. */
export interface EmitPlace {
  readonly actor: string;
  /** Length of `route.prev` on arrival. */
  readonly hop: number;
  /** Number of the emit; at least 1, as the first one keeps the id. */
  readonly index: number;
}

/**
 * The id of an emit after the first: UUIDv5 of `[id, actor, hop, index]`.
 *
 * @example
 * ```ts
 * import { childId } from "@troupe/host/lineage";
 * import { assertEquals } from "@std/assert";
 *
 * const place = { actor: "split", hop: 0, index: 1 };
 * assertEquals(await childId("1", place), await childId("1", place));
 * ```
 */
export function childId(id: string, { actor, hop, index }: EmitPlace): Promise<string> {
  return deriveId([id, actor, hop, index]);
}

/** The id of a submission under a client's own key: UUIDv5 of `[tenant, key]`. */
export function idempotentId(tenant: string, key: string): Promise<string> {
  return deriveId([tenant, key]);
}

/** The id of the n-th replay of an envelope with another payload, route or step: UUIDv5 of `[id, "replay", n]`. */
export function replayId(id: string, n: number): Promise<string> {
  return deriveId([id, "replay", n]);
}
