// tries: to emit a hundred thousand arrays within each other
// ends: troupe.BadOutput
// says: nested more than 512 deep
// runs: maker

import { deep } from "./deep_json.ts";

/** The pieces of the attack. */
export const make = (): string =>
  deep(`
  (call $emit (i32.const 131072) (i32.const 200000) (i32.const 512))
  (call $refused (i32.const 512))`);
