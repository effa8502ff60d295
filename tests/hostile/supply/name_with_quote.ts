// tries: to end a string of the glue, and to go on with code, by a quote in a name
// ends: refused: troupe.BadName
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("'];globalThis.owned=1;['");
