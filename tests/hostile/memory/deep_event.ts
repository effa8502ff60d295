// tries: to send a hundred thousand arrays within each other to whoever follows its envelope
// ends: troupe.OutputLimit
// says: An event of more than
// runs: maker

import { deep } from "./deep_json.ts";

/** The pieces of the attack. */
export const make = (): string =>
  deep(`
  (call $fly (i32.const 131072) (i32.const 200000) (i32.const 512))
  (call $refused (i32.const 512))`);
