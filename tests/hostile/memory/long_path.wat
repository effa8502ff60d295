;; tries: to name a place in its envelope by thirty thousand steps
;; ends: troupe.BadPath
;; says: more than 4096 characters
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (i32.store16 (i32.add (i32.const 65536) (i32.mul (local.get $n) (i32.const 2))) (i32.const 0x612e))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 30000))))
  (call $get (i32.const 65536) (i32.const 60000) (i32.const 512))
  (call $refused (i32.const 512)))
