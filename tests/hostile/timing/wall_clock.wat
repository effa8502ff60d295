;; tries: the same with the clock on the wall
;; ends: returns: 0
;; -- component --
(import "wasi:clocks/wall-clock@0.2.0" (instance $clock
  (type $record (record (field "seconds" u64) (field "nanoseconds" u32)))
  (export "datetime" (type $datetime (eq $record)))
  (export "now" (func (result $datetime)))))
;; -- lower --
(core func $now (canon lower (func $clock "now") (memory $memory)))
;; -- imports --
(import "clock" "now" (func $now (param i32)))
;; -- with --
(with "clock" (instance (export "now" (func $now))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $n i32) (local $odd i32)
  (loop $again
    (call $now (i32.const 512))
    (if (i32.rem_u (i32.load (i32.const 520)) (i32.const 1000000)) (then (local.set $odd (i32.const 1))))
    (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 2000))))
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (local.get $odd)))
  (call $return (i32.const 256) (i32.const 1)))
