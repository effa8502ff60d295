/**
 * What the chaos mesh must come to, computed apart from the host: nothing of its code is imported here. The five actors
 * of `mesh_files.ts` are modelled as plain functions, and ids are made by node's own SHA-1.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** One end of a route, as it must be found: where, under which id, with which payload, in which phase. */
export interface Expected {
  readonly id: string;
  readonly payloadSha256: string;
  readonly phase: "succeeded" | "failed";
}

/** What is submitted: the payload of the first actor. */
export interface Task {
  /** Number of the task: what the actors decide by. */
  readonly k: number;
  /** How many pieces it is cut into; 0 ends it at once. */
  readonly n: number;
  readonly text: string;
}

/** The namespace of children's ids: a copy, so that a change of the host's constant is noticed. */
const NAMESPACE = "8d3d9f0a-6c1e-5b7e-9a54-2f7c1b0e4d63";

/** UUID version 5, RFC 9562 section 5.5. */
export function uuid5(name: string, namespace = NAMESPACE): string {
  const space = Uint8Array.fromHex(namespace.replaceAll("-", ""));
  const hash = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The ends of the route `spread → work → turn → (left | right)` for one task submitted under an id; or, if `last` is given,
 * of `spread → work → last`.
 */
export function expectedOf(id: string, task: Task, { last }: { last?: "left" | "right" } = {}): Expected[] {
  const end = (id: string, payload: unknown, phase: Expected["phase"]): Expected => ({
    id,
    payloadSha256: sha256(JSON.stringify(payload)),
    phase,
  });
  if (task.n === 0) return [end(id, task, "succeeded")];
  return Array.from({ length: task.n }, (_, i) => {
    const piece = { ...task, piece: i };
    const pieceId = i === 0 ? id : uuid5(JSON.stringify([id, "spread", 0, i]));
    if ((task.k + i) % 17 === 0) return end(pieceId, piece, "failed");
    const worked = {
      ...piece,
      sum: [...task.text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 65521, i),
    };
    return end(pieceId, { ...worked, by: last ?? (worked.sum % 2 ? "left" : "right") }, "succeeded");
  });
}
