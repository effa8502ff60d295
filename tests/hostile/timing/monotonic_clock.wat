;; tries: to measure what is shorter than ten milliseconds, with the clock that does not go backwards
;; ends: returns: 0
;; -- component --
(import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
  (type $u64 u64)
  (export "instant" (type $instant (eq $u64)))
  (export "now" (func (result $instant)))))
;; -- lower --
(core func $now (canon lower (func $clock "now")))
;; -- imports --
(import "clock" "now" (func $now (result i64)))
;; -- with --
(with "clock" (instance (export "now" (func $now))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $n i32) (local $odd i32) (local $now i64) (local $before i64)
  (local.set $before (call $now))
  (loop $again
    (local.set $now (call $now))
    ;; Times that are no whole milliseconds, and steps back: there is none.
    (if (i32.or
        (i64.ne (i64.rem_u (local.get $now) (i64.const 1000000)) (i64.const 0))
        (i64.lt_u (local.get $now) (local.get $before)))
      (then (local.set $odd (i32.const 1))))
    (local.set $before (local.get $now))
    (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 2000))))
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (local.get $odd)))
  (call $return (i32.const 256) (i32.const 1)))
