// tries: to reach what all objects have, by names that are those of prototypes
// ends: refused: troupe.BadName
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("__proto__");
