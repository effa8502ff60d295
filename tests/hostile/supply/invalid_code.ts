// tries: to have code run that is not valid: it adds a text to nothing
// ends: refused: troupe.BadComponent
// runs: maker
// repeats: 10, each is looked at in a process of its own

/** The pieces of the attack. */
export const make = (): string => `
;; -- module --
(func $attack (param i32 i32) (result i32) (i32.add))`;
