// tries: to have the tool that makes glue write thousands of files
// ends: refused: troupe.TooLarge or refused: troupe.TranspileFailed
// runs: maker
// repeats: 5, each is made in a process of its own

/** The pieces of the attack. */
export const make = (): string => `
;; -- component --
${
  Array.from({ length: 3000 }, (_, n) => `(core module $m${n}) (core instance $m${n} (instantiate $m${n}))`)
    .join("\n")
}
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))`;
