// tries: the same with as many as an event has room for
// ends: troupe.BadOutput
// says: nested more than 512 deep
// runs: maker

import { deep } from "./deep_json.ts";

/** The pieces of the attack. */
export const make = (): string =>
  deep(`
  (call $fly (i32.const 201072) (i32.const 60000) (i32.const 512))
  (call $refused (i32.const 512))`);
