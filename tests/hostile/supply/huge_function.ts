// tries: to have the compiler take gigabytes for one function of two megabytes
// ends: refused: troupe.TooLarge
// says: It has a function of
// runs: maker
// repeats: 5, each is looked at in a process of its own

/** The pieces of the attack. */
export const make = (): string => `
;; -- module --
(func $attack (param $n i32) (param i32) (result i32)
  ${"(local.set $n (i32.mul (local.get $n) (local.get $n)))\n".repeat(300_000)}
  (unreachable))`;
