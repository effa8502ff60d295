// tries: the same by characters that only JavaScript takes as the end of a line
// ends: refused: troupe.BadName
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { named } from "./_names.ts";

/** The pieces of the attack. */
export const make = (): string => named("x\u2028globalThis.owned = 1;\u2029");
