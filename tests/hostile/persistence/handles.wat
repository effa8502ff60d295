;; tries: to leave a mark in the numbers of handles: it opens two, closes them in the other order, and the next gets the later one
;; ends: returns: 1
;; -- component --
(import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
(alias export $poll "pollable" (type $pollable))
(import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
  (export "pollable" (type $p (eq $pollable)))
  (type $u64 u64)
  (export "duration" (type $duration (eq $u64)))
  (export "subscribe-duration" (func (param "when" $duration) (result (own $p))))))
;; -- lower --
(core func $open (canon lower (func $clock "subscribe-duration")))
(core func $close (canon resource.drop $pollable))
;; -- imports --
(import "clock" "open" (func $open (param i64) (result i32)))
(import "clock" "close" (func $close (param i32)))
;; -- with --
(with "clock" (instance (export "open" (func $open)) (export "close" (func $close))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (local $first i32) (local $second i32)
  (local.set $first (call $open (i64.const 0)))
  (local.set $second (call $open (i64.const 0)))
  (call $close (local.get $first))
  (call $close (local.get $second))
  ;; Two envelopes of the same kind get the same numbers.
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (local.get $first)))
  (call $return (i32.const 256) (i32.const 1)))
