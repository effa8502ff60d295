// tries: the same by the name of constructors
// ends: returns: 1
// runs: maker

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("constructor");
