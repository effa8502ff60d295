// tries: the same by a small memory, of which it has a thousand
// ends: refused: troupe.TooLarge
// says: bytes at the start
// runs: maker
// repeats: 10, each is looked at in a process of its own

/** The pieces of the attack. */
export const make = (): string => `
;; -- component --
(core module $more (memory (export "memory") 16))
${Array.from({ length: 1000 }, (_, n) => `(core instance $more${n} (instantiate $more))`).join("\n")}
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))`;
