/**
 * The keys of objects, as other systems find them. Pure.
 *
 * - `results/PHASE/ROOT/ID.json`, and `results/PHASE/ROOT/ID!rN.json` for the Nth replay
 * - `dead/ROOT/ID/HOP.json`, and `dead/ROOT/ID/HOP!rN.json`; `dead/!none/QUEUE/SHA256/MESSAGE.json` for what is no envelope
 * - `claims/DAY/SHA256`
 *
 * Letters, digits, `-`, `_` and dots within a name stand as they are; every other byte is `!` and two hex digits. A name
 * that would be too long for a file is cut, and ends with `!h` and its SHA-256.
 *
 * @module
 */

import { sha256Of } from "../claim_check.ts";
import type { DeadRecord, ResultRecord } from "../store.ts";

/** Folder of results. */
export const RESULTS = "results/";
/** Folder of what is dead. */
export const DEAD = "dead/";
/** Folder of payloads that are too large to travel. */
export const CLAIMS = "claims/";

/** Many servers keep a name between slashes as the name of a file, and add to it. */
const LONGEST = 180;

/** The key of a result. */
export async function resultKey(
  { id, root, phase, replay }: Pick<ResultRecord, "id" | "root" | "phase" | "replay">,
): Promise<string> {
  return `${RESULTS}${await part(phase)}/${await part(root)}/${await part(id)}${run(replay)}.json`;
}

/** The key of something dead. */
export async function deadKey({ key, id, root }: Pick<DeadRecord, "key" | "id" | "root">): Promise<string> {
  if (id === "") {
    const parts = await Promise.all(key.split("/").map(part));
    return `${DEAD}!none/${parts.join("/")}.json`;
  }
  const [hop = "", replay] = key.slice(id.length + 1).split("/");
  return `${DEAD}${await part(root)}/${await part(id)}/${await part(hop)}${run(Number(replay))}.json`;
}

/** The folder of the payloads that were put on a day (UTC). @param at Milliseconds since the epoch. */
export function claimsFolder(at: number): string {
  return `${CLAIMS}${new Date(at).toISOString().slice(0, -"T00:00:00.000Z".length)}/`;
}

function run(replay: number): string {
  return replay > 0 ? `!r${replay}` : "";
}

async function part(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const safe = [...bytes].map((byte, i) => {
    const letter = String.fromCharCode(byte);
    // A dot at the beginning hides a file, or names a folder above.
    if (/[\w-]/.test(letter) || (letter === "." && i > 0)) return letter;
    return `!${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
  if (safe === "") return "!none";
  if (safe.length <= LONGEST) return safe;
  return `${safe.slice(0, 100)}!h${await sha256Of(bytes)}`;
}
