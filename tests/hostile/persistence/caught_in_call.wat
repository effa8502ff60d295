;; tries: to leave the glue in the middle of a call: a component inside it throws, and it catches that and returns
;; ends: returns: 7
;; -- component --
(import "wasi:random/random@0.2.0" (instance $random
  (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
(component $inner
  (import "random" (instance $random (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core module $libc
    (memory (export "memory") 1)
    ;; Nothing can be put there: whoever tries throws an error of JavaScript's.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $draw (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))
  (core module $main
    (import "random" "draw" (func $draw (param i64 i32)))
    (func (export "run") (param $throw i32) (result i32)
      (if (local.get $throw) (then (call $draw (i64.const 8) (i32.const 0))))
      (i32.const 0x37)))
  (core instance $main (instantiate $main (with "random" (instance (export "draw" (func $draw))))))
  (func (export "run") (param "throw" u32) (result u32) (canon lift (core func $main "run"))))
(instance $inner (instantiate $inner (with "random" (instance $random))))
;; -- lower --
(core func $run (canon lower (func $inner "run")))
;; -- imports --
(import "inner" "run" (func $run (param i32) (result i32)))
;; -- with --
(with "inner" (instance (export "run" (func $run))))
;; -- module --
(func $caught (param $throw i32) (result i32)
  (block $caught (try_table (catch_all $caught) (return (call $run (local.get $throw)))))
  (i32.const 0x30))
(func $attack (param i32 i32) (result i32)
  ;; 0 for one who finds the component still in the call that threw.
  (i32.store8 (i32.const 256) (call $caught (i32.const 0)))
  (drop (call $caught (i32.const 1)))
  (call $return (i32.const 256) (i32.const 1)))
