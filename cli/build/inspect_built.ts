/**
 * Inspects a component before it goes anywhere.
 *
 * @module
 */

import type { Inspection } from "@troupe/host/component";
import { inspectComponent } from "@troupe/host/component/inspect";
import { inspect } from "@troupe/host/component/prepare";
import type { Grants } from "@troupe/host/grants";
import type { Limits } from "@troupe/host/limits";

/** What a component is judged by. */
export interface InspectedAs {
  readonly grants: Grants;
  readonly limits: Pick<Limits, "memoryBytes">;
}

/** Inspects a component. One that was not built here is inspected in a sandbox, where it can do no harm. */
export async function inspectBuilt(
  { path, bytes, builtHere }: {
    readonly path: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
    /** Whether it was made of a source, on this machine. */
    readonly builtHere: boolean;
  },
  { grants, limits }: InspectedAs,
): Promise<Inspection> {
  if (builtHere) return await inspectComponent(bytes, { grants, limits });
  const cacheDir = await Deno.makeTempDir({ prefix: "troupe-inspect-" });
  try {
    return await inspect({ kind: "file", path }, { cacheDir, grants, limits });
  } finally {
    await Deno.remove(cacheDir, { recursive: true });
  }
}
