// tries: to make the compiler and the processor work at a branch with ten thousand ways, for ever
// ends: troupe.Timeout
// runs: maker
// limits: timeoutMs=1000
// repeats: 5, each costs a process

/** The pieces of the attack. */
export const make = (): string => `
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 1103515245)) (i32.const 12345)))
    (br_table ${"$again ".repeat(10_000)} (i32.and (local.get $n) (i32.const 8191))))
  (unreachable))`;
