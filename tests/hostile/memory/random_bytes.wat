;; tries: to have as many random bytes made as there are addresses, all at once, outside of its memory
;; ends: troupe.Trap
;; says: random bytes at once
;; -- component --
(import "wasi:random/random@0.2.0" (instance $random
  (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
(core module $memory (memory (export "memory") 1)
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
(core instance $random-memory (instantiate $memory))
(core func $random-bytes (canon lower (func $random "get-random-bytes")
  (memory (core memory $random-memory "memory")) (realloc (core func $random-memory "realloc"))))
;; -- imports --
(import "random" "bytes" (func $bytes (param i64 i32)))
;; -- with --
(with "random" (instance (export "bytes" (func $random-bytes))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (call $bytes (i64.const -1) (i32.const 512))
  (unreachable))
