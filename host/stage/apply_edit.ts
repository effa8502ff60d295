/**
 * A call of an actor, made on a draft: the same on both sides of the pipe.
 *
 * @module
 */

import type { Draft } from "../draft.ts";
import type { Allowance } from "./allowance.ts";
import { byteLength } from "./wire/bytes.ts";
import type { Edit } from "./wire/call.ts";

/**
 * Makes a call on a draft.
 *
 * @returns What `get` reads; undefined for nothing, and for every other call.
 * @throws {RefusedCallError}
 */
export function applyEdit(call: Edit, draft: Draft, allowance: Allowance): string | undefined {
  switch (call.verb) {
    case "get":
      return draft.get(call.path);
    case "set":
      allowance.edit(byteLength(call.path) + byteLength(call.value));
      draft.set(call.path, call.value);
      return undefined;
    case "del":
      allowance.edit(byteLength(call.path));
      draft.del(call.path);
      return undefined;
    case "emit":
      draft.emit(call.payload);
      return undefined;
    case "fly":
      allowance.event(call.event, byteLength(call.event));
      return undefined;
  }
}
