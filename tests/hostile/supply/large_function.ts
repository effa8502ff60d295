// tries: the same with as large a function as is taken: it is compiled without the optimising compiler
// ends: returns: 1
// runs: maker
// limits: memoryBytes=1048576
// repeats: 10, each calls it

/** The pieces of the attack. */
export const make = (): string => `
;; -- module --
(func $slow (param $n i32) (result i32)
  ${"(local.set $n (i32.mul (local.get $n) (local.get $n)))\n".repeat(120_000)}
  (local.get $n))
(func $attack (param $at i32) (param $length i32) (result i32)
  (local $n i32)
  ;; Often enough for an engine to think that it is worth its while.
  (local.set $n (i32.const 50))
  (loop $again
    (drop (call $slow (local.get $n)))
    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (call $return (local.get $at) (local.get $length)))`;
