;; tries: to end the process that it runs in, and with it the envelopes that wait there
;; ends: troupe.Trap
;; says: exit is not there
;; -- component --
(import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
;; -- lower --
(core func $exit (canon lower (func $exit "exit")))
;; -- imports --
(import "wasi" "exit" (func $exit (param i32)))
;; -- with --
(with "wasi" (instance (export "exit" (func $exit))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (call $exit (i32.const 1))
  (unreachable))
