/**
 * One result for each id: what a store has to know of a result to judge another one under the same id. Pure, and the same
 * for every store.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import type { Headers } from "../envelope.ts";
import { FAN_HEADER } from "../fan.ts";
import { parseJson } from "../json_value.ts";
import { JOINED_HEADER } from "./join_header.ts";
import { isSliceOf, supersedes } from "./records.ts";
import type { Recorded, ResultRecord } from "./store.ts";

/** What is known of the result that is kept under an id, also when nothing else of it is kept any more. */
export interface KnownResult extends Pick<ResultRecord, "phase" | "replay" | "headers"> {
  /** See {@linkcode bodyDigest}. */
  readonly digest: string;
}

/** What makes two results the same, in hex: everything but the times. */
export async function bodyDigest(record: ResultRecord): Promise<string> {
  const { phase, reason, route, payload, error } = record;
  const type = error ? (JSON.parse(error) as { type?: unknown }).type : "";
  const text = JSON.stringify([phase, reason, route, type, payload]);
  return encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** The type of a result's error; empty where there is none. */
export function errorType({ error }: Pick<ResultRecord, "error">): string {
  return error ? String((JSON.parse(error) as { type?: unknown }).type) : "";
}

/** What becomes of a result, by what is known under its id. */
export function judgeResult(
  record: ResultRecord,
  { digest, known }: { readonly digest: string; readonly known: KnownResult | undefined },
): Recorded {
  if (!known) return "new";
  // The end of a slice that has the id of what it was joined to, and comes again or late: the join has counted it.
  if (isSliceOf(record, known)) return "repeat";
  if (supersedes(record, known)) return "replaced";
  return known.digest === digest ? "repeat" : "conflict";
}

/** Of the headers of a result, what {@linkcode judgeResult} needs when the others are not kept any more. */
export function headersToJudge(headers: string): string {
  if (!headers.includes(FAN_HEADER) && !headers.includes(JOINED_HEADER)) return "{}";
  const all = parseJson(headers) as Headers;
  const kept = [FAN_HEADER, JOINED_HEADER].filter((name) => all[name] !== undefined);
  return JSON.stringify(Object.fromEntries(kept.map((name) => [name, all[name]])));
}
