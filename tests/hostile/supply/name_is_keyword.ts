// tries: to break the glue's grammar, by names that are words of JavaScript
// ends: returns: 1
// runs: maker

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("default").replaceAll("$named", "$class");
