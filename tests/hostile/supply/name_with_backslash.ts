// tries: to have the character after a name taken for a part of it, by a backslash at its end
// ends: refused: troupe.BadName
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("x\\\\");
