/**
 * Identities of spans: the same hop, run again, is the same span, so that what it has sent on before it was lost does
 * not hang in the air. A trace of which nobody has said the id has that of its submission.
 *
 * @module
 */

import { deriveId } from "./lineage.ts";

/** Which attempt of which hop. */
export interface HopPlace {
  readonly id: string;
  readonly actor: string;
  /** Length of `route.prev` on arrival. */
  readonly hop: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** Which replay it is: it repeats a hop, and is none the less another one. 0 for the first run. */
  readonly replay: number;
}

/**
 * The id of a hop's span: 16 digits of the UUIDv5 of `["span", id, actor, hop, attempt, replay]`.
 *
 * @example
 * ```ts
 * import { hopSpanId } from "@troupe/host/trace_ids";
 * import { assertEquals } from "@std/assert";
 *
 * const place = { id: "1", actor: "split", hop: 0, attempt: 1, replay: 0 };
 * assertEquals(await hopSpanId(place), await hopSpanId(place));
 * ```
 */
export async function hopSpanId({ id, actor, hop, attempt, replay }: HopPlace): Promise<string> {
  return (await digits(["span", id, actor, hop, attempt, replay])).slice(0, 16);
}

/** The id of the trace of a submission that came without one: the digits of the UUIDv5 of `["trace", root]`. */
export function submissionTraceId(root: string): Promise<string> {
  return digits(["trace", root]);
}

/** The span of a submission under a client's own key: sent twice, it is one. */
export async function submissionSpanId(root: string): Promise<string> {
  return (await digits(["span", root])).slice(0, 16);
}

/** Never all 0, as neither the version nor the variant of a UUID is. */
async function digits(parts: readonly (string | number)[]): Promise<string> {
  return (await deriveId(parts)).replaceAll("-", "");
}
