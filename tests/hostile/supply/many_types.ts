// tries: to keep whoever reads it busy, by a hundred thousand types
// ends: refused: troupe.TooLarge
// runs: maker
// repeats: 10, each is looked at in a process of its own

/** The pieces of the attack. */
export const make = (): string => `
;; -- component --
${
  Array.from({ length: 100_000 }, (_, n) => `(type $t${n} (tuple u8 ${n === 0 ? "u8" : `$t${n - 1}`}))`).join(
    "\n",
  )
}
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))`;
