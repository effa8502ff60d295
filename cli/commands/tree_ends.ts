/**
 * What has become of one submitted envelope, so far.
 *
 * @module
 */

import { envelopeIn, type Headers } from "@troupe/host/envelope";
import type { DeadRecord, Store, StoredResult } from "@troupe/host/crew/store";
import { isTreeComplete, type Leaf } from "@troupe/host/fan";
import { parseJson } from "@troupe/host/json_value";
import { allDead, allResults } from "./store_pages.ts";

/** The ends that an envelope and everything that came of it have come to. */
export interface TreeEnds {
  readonly results: readonly StoredResult[];
  readonly dead: readonly DeadRecord[];
  /** Whether no more will come. */
  readonly complete: boolean;
}

/** Reads the ends of the tree of a submitted envelope. */
export async function treeEnds(store: Store, root: string): Promise<TreeEnds> {
  const results = await Array.fromAsync(allResults(store, { root }));
  const dead = await Array.fromAsync(allDead(store, { root }));
  const leaves = [...results.map(leafOfResult), ...dead.flatMap(leafOfDead)];
  return { results, dead, complete: isTreeComplete(leaves) };
}

function leafOfResult({ id, headers }: StoredResult): Leaf {
  return { id, headers: parseJson(headers) as Headers };
}

/** The envelope in a dead body; nothing when the bytes are none, since they then belong to no tree. */
function leafOfDead({ body }: DeadRecord): Leaf[] {
  const envelope = envelopeIn(body);
  if (!envelope) return [];
  const { id, headers } = envelope;
  return [{ id, ...(headers ? { headers } : {}) }];
}
