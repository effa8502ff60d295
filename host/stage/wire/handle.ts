/**
 * An envelope on its way into the sandbox: what the actor can read of it, and the payload.
 *
 * @module
 */

import type { DraftSource } from "../../draft.ts";
import { parseJson } from "../../json_value.ts";
import { decodeText, encodeText, splitLength, withLength } from "./bytes.ts";

/** An envelope to be handled. */
export interface Handle {
  /** What the actor can read; parsed when it is asked for, as most hops do not. */
  readonly source: () => DraftSource;
  readonly payload: string;
}

/** `u32 length | source, JSON | payload`. */
export function encodeHandle(
  { id, parentId, route, headers, status }: DraftSource,
  payload: string,
): Uint8Array[] {
  const source = JSON.stringify({ id, parentId, route, headers, status });
  return [...withLength(encodeText(source)), encodeText(payload)];
}

/** Reads an envelope. It comes from the host, and is trusted. */
export function decodeHandle(body: Uint8Array<ArrayBuffer>): Handle {
  const [source, payload] = splitLength(body);
  return {
    source: () => parseJson(decodeText(source)) as unknown as DraftSource,
    payload: decodeText(payload),
  };
}
