// tries: to put a hundred thousand arrays within each other into a header, which every later hop would have to read
// ends: troupe.BadOutput
// says: nested more than 512 deep
// runs: maker

import { deep } from "./deep_json.ts";

/** The pieces of the attack. */
export const make = (): string =>
  deep(`
  (call $set (i32.const 256) (i32.const 13) (i32.const 131072) (i32.const 200000) (i32.const 512))
  (call $refused (i32.const 512))`);
