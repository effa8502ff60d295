;; tries: to know the random numbers of the next envelope: it has kept one from when its instance was made
;; ends: returns: 0
;; logs: different
;; -- component --
(import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
;; -- lower --
(core func $random (canon lower (func $random "get-random-u64")))
;; -- imports --
(import "random" "u64" (func $random (result i64)))
;; -- with --
(with "random" (instance (export "u64" (func $random))))
;; -- module --
(global $seed (mut i64) (i64.const 0))
(func $start (global.set $seed (call $random)))
(start $start)
(func $attack (param i32 i32) (result i32)
  ;; In the log, beside those of the others: no two of them are the same.
  (local $n i32)
  (loop $hex
    (i32.store8 (i32.add (i32.const 300) (local.get $n))
      (i32.add (i32.const 0x41) (i32.wrap_i64 (i64.and (global.get $seed) (i64.const 15)))))
    (global.set $seed (i64.shr_u (global.get $seed) (i64.const 4)))
    (br_if $hex (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 16))))
  (call $log (i32.const 1) (i32.const 300) (i32.const 16))
  (i32.store8 (i32.const 256) (i32.const 0x30))
  (call $return (i32.const 256) (i32.const 1)))
