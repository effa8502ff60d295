;; tries: to have three times the memory, in modules whose memories nobody exports
;; ends: troupe.MemoryLimit
;; limits: memoryBytes=8388608
;; -- component --
(core module $hidden
  (memory 0)
  (func (export "fill")
    (drop (memory.grow (i32.const 120)))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 7864320))))
(core instance $one (instantiate $hidden))
(core instance $two (instantiate $hidden))
(core instance $three (instantiate $hidden))
;; -- imports --
(import "one" "fill" (func $one))
(import "two" "fill" (func $two))
(import "three" "fill" (func $three))
;; -- with --
(with "one" (instance $one))
(with "two" (instance $two))
(with "three" (instance $three))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (call $one) (call $two) (call $three)
  (call $none))
