// tries: to end a line of the glue, or a comment in it, by a newline in a name
// ends: refused: troupe.BadName
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("x\nglobalThis.owned = 1;\n//");
