/**
 * Inspects the bytes of a component where they are. For bytes that nobody else made, such as those that a build has just
 * put out; others are inspected in a sandbox (`prepare.ts`).
 *
 * @module
 */

import { grantedBy, type Grants } from "../grants.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import type { Inspection } from "./component.ts";
import { factsOf } from "./facts.ts";
import { digestOf } from "./digest.ts";
import { judge } from "./verdict.ts";

/** What a component is judged by. */
export interface InspectOptions {
  readonly grants: Grants;
  /** @default the default limits */
  readonly limits?: Pick<Limits, "memoryBytes">;
}

/**
 * Inspects a component. Nothing of it is run; whatever the bytes are, there is an answer.
 *
 * @example
 * ```ts
 * import { inspectComponent } from "@troupe/host/component/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const module = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * const { kind, refusals } = await inspectComponent(module, { grants: { route: [] } });
 * assertEquals(kind, "module");
 * assertEquals(refusals[0]?.code, "troupe.NotAComponent");
 * ```
 */
export async function inspectComponent(
  bytes: Uint8Array,
  { grants, limits = DEFAULT_LIMITS }: InspectOptions,
): Promise<Inspection> {
  return judge(factsOf(bytes), {
    digest: await digestOf(bytes),
    size: bytes.length,
    granted: grantedBy(grants),
    limits,
  });
}
