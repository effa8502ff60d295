;; tries: to leave handles open, and to use those of the envelope before it
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
;; -- imports --
(import "clock" "open" (func $open (param i64) (result i32)))
;; -- with --
(with "clock" (instance (export "open" (func $open))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  ;; The number of the first one: higher, were there others.
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (call $open (i64.const 0))))
  (drop (call $open (i64.const 0)))
  (call $return (i32.const 256) (i32.const 1)))
