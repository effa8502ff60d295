;; tries: to return a list of 8192 strings that all lie at the same place: half a gigabyte out of two pages
;; ends: troupe.OutputLimit
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $n i32)
  (loop $again
    (i64.store (i32.add (i32.const 65536) (i32.mul (local.get $n) (i32.const 8))) (i64.const 0xea6000000000))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 8192))))
  (drop (call $fail (i32.const 256) (i32.const 0)))
  ;; The lineage of the failure.
  (i32.store (i32.const 28) (i32.const 65536))
  (i32.store (i32.const 32) (i32.const 8192))
  (i32.const 16))
