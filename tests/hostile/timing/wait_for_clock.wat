;; tries: to have a timer wake it as soon as a time has come, and to count meanwhile
;; ends: returns: 0
;; -- component --
(import "wasi:io/poll@0.2.0" (instance $poll
  (export "pollable" (type $p (sub resource)))
  (export "[method]pollable.block" (func (param "self" (borrow $p))))))
(alias export $poll "pollable" (type $pollable))
(import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
  (export "pollable" (type $p (eq $pollable)))
  (type $u64 u64)
  (export "duration" (type $duration (eq $u64)))
  (export "subscribe-duration" (func (param "when" $duration) (result (own $p))))))
;; -- lower --
(core func $after (canon lower (func $clock "subscribe-duration")))
(core func $block (canon lower (func $poll "[method]pollable.block")))
;; -- imports --
(import "clock" "after" (func $after (param i64) (result i32)))
(import "clock" "block" (func $block (param i32)))
;; -- with --
(with "clock" (instance (export "after" (func $after)) (export "block" (func $block))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  ;; An hour: there is no timer to wait for, and so nothing to measure with.
  (call $block (call $after (i64.const 3600000000000)))
  (i32.store8 (i32.const 256) (i32.const 0x30))
  (call $return (i32.const 256) (i32.const 1)))
